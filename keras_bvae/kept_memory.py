"""Freed memory stays with the process: what glibc would give back and fetch anew.

A training step on a processor frees the layers' outputs and asks for as much again. By
its defaults glibc gives large blocks back to the system at once, and the system clears
each page of the next ones: up to half of the time of a step.

Imports nothing of Keras or of ours: the command runs this file before any of them.
"""

import ctypes
import os
import sys

VARIABLE = "KERAS_BVAE_KEEP_MEMORY"
"""Environment variable; 0 leaves the C library as it is."""

_MIB = 2**20
# Parameters of `mallopt`, from glibc's malloc.h.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -2, -3, -8
# Blocks below it come from the heap, which keeps them; the second is the most that
# glibc takes before 2.35. Larger blocks, whole data sets, still go back at once.
_THRESHOLDS = (1024 * _MIB, 32 * _MIB)
_NEVER = 2**31 - 1
# The heap grows by so much at a time: addresses, which cost nothing until used.
_GROWTH = 256 * _MIB
# Threads share one heap: those of their own are cut in 64 MiB, and larger blocks go
# round them, which on JAX is every large output.
_ONE = 1
_PROBE = 16 * _MIB
# Whoever set one of these has chosen.
_OF_GLIBC = (
    "MALLOC_ARENA_MAX",
    "MALLOC_MMAP_MAX_",
    "MALLOC_MMAP_THRESHOLD_",
    "MALLOC_TOP_PAD_",
    "MALLOC_TRIM_THRESHOLD_",
)
_NO = ("0", "false", "no", "off")


def keep_memory() -> bool:
    """Lets this process keep the memory that it frees, for what it asks for next.

    For scripts that train or encode on a CPU with JAX or PyTorch; TensorFlow keeps
    memory by itself. Call it first, before a model is made: threads keep the heap that
    they began with. `kbvae` calls it for itself. It holds for the whole process, of all
    that is in it, and for processes that it forks; a process that is spawned calls it
    again. The most memory that a process holds stays the same, but it no longer
    shrinks in between. Once on it stays on.

    Nothing happens where the C library is not glibc (macOS, Windows, Alpine), where
    another allocator stands in its place (jemalloc, tcmalloc), where the environment
    has settings of glibc's allocator (`MALLOC_ARENA_MAX` and its like, `glibc.malloc`
    in `GLIBC_TUNABLES`), and where KERAS_BVAE_KEEP_MEMORY is 0.

    Returns:
        bool, whether it is on.
    """
    if not sys.platform.startswith("linux") or _is_chosen(os.environ):
        return False
    library = ctypes.CDLL(None)
    return _is_glibc(library) and _set(library.mallopt)


def _is_chosen(environment):
    """Whether the user has said how memory is given out."""
    if environment.get(VARIABLE, "").strip().lower() in _NO:
        return True
    tunables = environment.get("GLIBC_TUNABLES", "")
    return "glibc.malloc." in tunables or any(map(environment.get, _OF_GLIBC))


def _is_glibc(library):
    """Whether it is glibc that gives out this process's memory."""
    needed = ("gnu_get_libc_version", "mallopt", "mallinfo", "malloc", "free")
    if not all(hasattr(library, name) for name in needed):
        return False
    # One that was preloaded or built in gives out blocks that glibc does not count.
    library.mallinfo.restype = _Counts
    library.malloc.restype = ctypes.c_void_p
    library.malloc.argtypes = [ctypes.c_size_t]
    library.free.argtypes = [ctypes.c_void_p]
    before = library.mallinfo().given_out
    block = library.malloc(_PROBE)
    after = library.mallinfo().given_out
    library.free(block)
    return (after - before) % 2**32 >= _PROBE  # the counts are of 32 bits


class _Counts(ctypes.Structure):
    """`struct mallinfo`."""

    _fields_ = tuple(
        (name, ctypes.c_int)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    )

    @property
    def given_out(self):
        """Bytes, from the heap and beside it."""
        return self.uordblks + self.hblkhd


def _set(mallopt):
    """Sets the four; returns whether glibc took them."""
    is_kept = any(mallopt(_MMAP_THRESHOLD, most) for most in _THRESHOLDS)
    settings = ((_TRIM_THRESHOLD, _NEVER), (_TOP_PAD, _GROWTH), (_ARENA_MAX, _ONE))
    return all([is_kept, *(mallopt(*setting) for setting in settings)])
