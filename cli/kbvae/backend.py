"""Chooses Keras's backend before Keras is imported."""

import contextlib
import importlib.util
import json
import os
import runpy
import sys
import tempfile

import click

from kbvae.names import BACKENDS
from kbvae.recorded_backend import recorded_backend

backend_option = click.option(
    "--backend",
    type=click.Choice(BACKENDS),
    help="What Keras computes with.  [default: KERAS_BACKEND, else what the run "
    "trained on, else Keras's own choice; --resume: what the run trained on]",
)


def start_keras(backend, needs_tensorflow=False, opens=(), resumes=None):
    """Imports Keras on a backend.

    Which one, the first of these that is there: `backend`; of a run that is resumed,
    the one that it trained on, for on another it is another run; KERAS_BACKEND; the
    one that all runs trained on that are opened, if it is installed, for a checkpoint
    opens on any; Keras's own choice, or another that is installed where that is not.

    Args:
        backend: one of `BACKENDS`, or None: not typed.
        needs_tensorflow: bool, whether the command will need it on every backend.
        opens: paths of runs and checkpoints that the command opens.
        resumes: None or path of the run that the command goes on with.

    Raises:
        click.UsageError: the backend is unknown or not installed.
    """
    if backend is None and resumes is not None:
        backend = _backend_to_go_on_with(resumes)
    backend = backend or os.environ.get("KERAS_BACKEND") or _found_backend(opens)
    if backend is not None:
        require_installed(backend)
        os.environ["KERAS_BACKEND"] = backend
    # Below errors TensorFlow says nothing that a user of this command can act on.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if "keras" not in sys.modules:
        _keep_memory()
    with _quiet_stderr():
        import keras

        import keras_bvae  # noqa: F401

        # Better here than with its messages in the middle of a progress bar.
        if needs_tensorflow and importlib.util.find_spec("tensorflow"):
            import tensorflow  # noqa: F401
        _keep_compiled_steps()
    if backend is not None and keras.backend.backend() != backend:
        raise click.UsageError(
            f"Keras runs on one backend a process; asked for {backend}, it already "
            f"runs on {keras.backend.backend()}. Start a new process."
        )


def _keep_compiled_steps():
    """JAX compiles a step once a machine, not once a command."""
    from keras_bvae.datasets.storage.cache_folder import default_cache_folder
    from keras_bvae.engine.compiled_steps import keep_compiled_steps

    keep_compiled_steps(default_cache_folder() / "compiled")


def require_installed(backend):
    """Raises unless a backend is one of those known, and installed.

    Raises:
        click.UsageError: it is not.
    """
    if backend not in BACKENDS:
        raise click.UsageError(
            f"A backend must be one of {', '.join(BACKENDS)}; received {backend!r} "
            "from KERAS_BACKEND. Set that variable, or give --backend."
        )
    if not _is_installed(backend):
        raise click.UsageError(
            f"A backend must be installed; {backend} is not (installed: "
            f"{', '.join(_installed()) or 'none'}). Run `pip install {backend}`, or "
            "give another --backend."
        )


def _backend_to_go_on_with(run):
    """The backend that a run trained on; None where its record does not tell."""
    backend = recorded_backend(run)
    if backend is not None and not _is_installed(backend):
        raise click.UsageError(
            f"A run goes on on the backend that it trained on; that is {backend}, "
            f"which is not installed (installed: {', '.join(_installed()) or 'none'}). "
            f"Run `pip install {backend}`, or give another --backend: then it goes on, "
            "but not as an unbroken run would have."
        )
    return backend


def _found_backend(opens):
    """What nobody asked for, but is likely meant; None: as Keras itself chooses."""
    if "keras" in sys.modules:
        return None  # the choice was made
    of_runs = {recorded_backend(path) for path in opens}
    backend = of_runs.pop() if len(of_runs) == 1 else None
    if backend is not None and _is_installed(backend):
        return backend
    installed = _installed()
    is_lost = _keras_own_choice() not in installed
    return installed[0] if is_lost and installed else None


def _keras_own_choice():
    home = os.environ.get("KERAS_HOME") or os.path.expanduser("~/.keras")
    try:
        with open(os.path.join(home, "keras.json"), encoding="utf-8") as file:
            return json.load(file).get("backend", BACKENDS[0])
    except (OSError, ValueError, AttributeError):
        return BACKENDS[0]


def _is_installed(backend):
    return importlib.util.find_spec(backend) is not None


def _installed():
    return [name for name in BACKENDS if _is_installed(name)]


def _keep_memory():
    """Calls `keras_bvae.keep_memory` by its file: its package would import Keras."""
    (folder,) = importlib.util.find_spec("keras_bvae").submodule_search_locations
    runpy.run_path(os.path.join(folder, "kept_memory.py"))["keep_memory"]()


@contextlib.contextmanager
def _quiet_stderr():
    """Holds back what C++ libraries print while they load; shows it if that fails."""
    sys.stderr.flush()
    with tempfile.TemporaryFile() as held:
        saved = os.dup(2)
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            held.seek(0)
            os.write(saved, held.read())
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)
