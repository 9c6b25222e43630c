"""Chooses Keras's backend before Keras is imported."""

import contextlib
import importlib.util
import os
import sys
import tempfile

import click

from kbvae.names import BACKENDS

backend_option = click.option(
    "--backend",
    type=click.Choice(BACKENDS),
    help="What Keras computes with.  [default: KERAS_BACKEND, else Keras's own choice]",
)


def start_keras(backend, will_save=False):
    """Imports Keras on a backend; None: the environment's or Keras's own choice.

    Args:
        backend: one of `BACKENDS`, or None.
        will_save: bool, whether the command will write a `.keras` file.

    Raises:
        click.UsageError: the backend is unknown or not installed.
    """
    backend = backend or os.environ.get("KERAS_BACKEND")
    if backend is not None:
        require_installed(backend)
        os.environ["KERAS_BACKEND"] = backend
    # Below errors TensorFlow says nothing that a user of this command can act on.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _quiet_stderr():
        import keras

        import keras_bvae  # noqa: F401

        # Keras's saving imports TensorFlow on every backend, if it is installed: better
        # here than with its messages in the middle of a progress bar.
        if will_save and importlib.util.find_spec("tensorflow"):
            import tensorflow  # noqa: F401
    if backend is not None and keras.backend.backend() != backend:
        raise click.UsageError(
            f"Keras runs on one backend a process; asked for {backend}, it already "
            f"runs on {keras.backend.backend()}. Start a new process."
        )


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
    if importlib.util.find_spec(backend) is None:
        installed = [b for b in BACKENDS if importlib.util.find_spec(b)]
        raise click.UsageError(
            f"A backend must be installed; {backend} is not (installed: "
            f"{', '.join(installed) or 'none'}). Run `pip install {backend}`, or give "
            "another --backend."
        )


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
