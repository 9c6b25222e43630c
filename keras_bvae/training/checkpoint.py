"""Checkpoints: `.keras` files, written whole, read with safe mode and clear errors."""

import zipfile
from pathlib import Path

import keras

from keras_bvae.models.variational_autoencoder import VariationalAutoencoder
from keras_bvae.whole_file import whole_file


def save_checkpoint(model, path):
    """Saves weights, optimizer, random streams and compile state, whole or not at all.

    Args:
        model: `VariationalAutoencoder`.
        path: file to write, ending in `.keras`.

    Raises:
        ValueError: another ending.
        OSError: the folder cannot be written.
    """
    path = Path(path)
    if path.suffix != ".keras":
        raise ValueError(
            f"A checkpoint's name must end in .keras; received {str(path)!r}. "
            f"Use {path.with_suffix('.keras').name!r}."
        )
    with whole_file(path) as temporary:
        model.save(temporary)


def load_checkpoint(path):
    """Loads a model that was saved on any backend.

    Args:
        path: `.keras` file.

    Returns:
        `VariationalAutoencoder`, compiled as it was saved.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is truncated or holds something else.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            "A checkpoint must be an existing .keras file; found none at "
            f"{str(path)!r}. `kbvae train` writes ckpt.keras into its run folder."
        )
    if path.suffix != ".keras" or not zipfile.is_zipfile(path):
        raise ValueError(
            "A checkpoint must be a complete .keras file; "
            f"{str(path)!r} ({path.stat().st_size:,} bytes) is not, so it is truncated "
            "or of another kind. Copy it again; for PyTorch files use `kbvae convert`."
        )
    try:
        model = keras.saving.load_model(path)
    except Exception as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise ValueError(
            f"A checkpoint must hold a model of keras_bvae; {str(path)!r} could not be "
            f"read as one ({reason[0][:200]}). Import the module that defines your own "
            "classes first, or train again with `kbvae train`."
        ) from error
    if not isinstance(model, VariationalAutoencoder):
        raise ValueError(
            "A checkpoint must hold a model of keras_bvae; "
            f"{str(path)!r} holds a {type(model).__name__}. "
            "Train one with `kbvae train`."
        )
    return model
