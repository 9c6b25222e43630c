"""What JAX compiled, kept for the next process that asks for the same."""

import hashlib
import os
import platform
import stat
import warnings
from pathlib import Path

import keras

_MOST_BYTES = 2**30
# Below that, reading a file saves little.
_LEAST_SECONDS = 0.2
_OF_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_ENTRY, _AGE = "-cache", "-atime"


def keep_compiled_steps(folder):
    """Has JAX keep what it compiles, up to 1 GiB, and take it from there next time.

    It changes JAX's settings in this process, so nothing in the library calls it:
    `kbvae` does, a script may, before it trains. The numbers are the same, to the bit.
    On another backend it does nothing; nor where the user chose another folder or no
    cache (JAX_COMPILATION_CACHE_DIR, JAX_ENABLE_COMPILATION_CACHE=0, `jax.config`), or
    where the folder cannot be made or is one that others may write into: what lies
    there is run.

    Args:
        folder: str or Path, made if it is missing. Each kind of processor has a folder
            of its own in it, which may be deleted at any time.

    Returns:
        Path that it is kept in, or None.
    """
    if keras.backend.backend() != "jax":
        return None
    import jax

    config = jax.config
    if config.jax_compilation_cache_dir or not config.jax_enable_compilation_cache:
        return None
    place = _own_place(Path(folder) / _processor())
    if place is None:
        return None
    settings = {
        "jax_compilation_cache_dir": (None, str(place)),
        "jax_compilation_cache_max_size": (-1, _MOST_BYTES),
        "jax_persistent_cache_min_compile_time_secs": (1.0, _LEAST_SECONDS),
    }
    for name, (default, value) in settings.items():
        if getattr(config, name, value) == default:  # else the user's own
            config.update(name, value)
    # One that is damaged is compiled anew, a full disk keeps none.
    warnings.filterwarnings("ignore", message="Error .*persistent compilation cache")
    return place


def _own_place(folder):
    """The folder, if it is this user's alone, without what killed writers left."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        status = os.lstat(folder)
        is_ours = stat.S_ISDIR(status.st_mode) and os.access(folder, os.W_OK)
        if hasattr(os, "getuid"):
            is_ours = is_ours and status.st_uid == os.getuid()
            is_ours = is_ours and not status.st_mode & _OF_OTHERS
        if not is_ours:
            return None
        for entry in folder.glob(f"*{_ENTRY}"):
            # JAX writes the second file when the first is whole.
            if not entry.with_name(f"{entry.name.removesuffix(_ENTRY)}{_AGE}").exists():
                entry.unlink(missing_ok=True)
    except (OSError, ValueError):
        return None
    return folder


def _processor():
    """A name for what the machine can run: a home folder may serve several."""
    flags = ""
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            names = ("flags", "Features", "model name")
            flags = "".join(sorted({line for line in file if line.startswith(names)}))
    text = f"{platform.machine()} {platform.processor()} {flags}"
    return f"jax-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
