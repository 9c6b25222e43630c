"""Checkpoints: `.keras` files, written whole, read with safe mode and clear errors."""

import json
import warnings
import zipfile
from pathlib import Path

import h5py
import keras

from keras_bvae.errors import FileNotWritten, InvalidValue
from keras_bvae.files.folders import as_typed
from keras_bvae.files.whole_file import whole_file
from keras_bvae.models.keras_file import (
    CONFIG,
    MEMBERS,
    WEIGHTS,
    read_member,
    require_keras_file,
    sound_content,
)
from keras_bvae.models.variational_autoencoder import VariationalAutoencoder
from keras_bvae.networks.making import drawing_apart

# Our own member of a `.keras` file, which Keras passes over.
_STATE = "keras_bvae_state.json"


def save_checkpoint(model, path, state=None):
    """Saves all that training needs to go on, whole or not at all.

    That is weights, optimizer, random streams, running means and compile state. The
    new file is proven readable before it takes the place of the old one.

    Args:
        model: `VariationalAutoencoder`.
        path: file to write, ending in `.keras`.
        state: None or dict that JSON can hold, for `read_state`: what a run needs
            beside the model. Its `step`, if any, tells which file is kept.

    Raises:
        ValueError: another ending, or a state that JSON cannot hold.
        FileNotWritten: the disk is full or broken; the old file is kept.
        OSError: the folder cannot be written.
    """
    path = Path(path)
    require_checkpoint_name(path)
    text = None if state is None else _as_json(state)
    try:
        with whole_file(path, _require_readable) as temporary:
            model.save(temporary)
            if text is not None:
                with zipfile.ZipFile(temporary, "a") as archive:
                    # Without a date: the same state makes the same bytes.
                    archive.writestr(zipfile.ZipInfo(_STATE), text)
    except FileNotWritten as error:
        raise _with_last_good(path, error.reason) from error


def require_checkpoint_name(path):
    """Raises unless a path ends in `.keras`.

    Raises:
        InvalidValue: it does not.
    """
    path = Path(path)
    if path.suffix != ".keras":
        name = path.with_suffix(".keras").name if path.name else "ckpt.keras"
        raise InvalidValue(
            f"A checkpoint's name must end in .keras; received {str(path)!r}. "
            f"Use {name!r}."
        )


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
    require_keras_file(path)
    try:
        with sound_content(path), drawing_apart():
            model = keras.saving.load_model(path)
    except Exception as error:
        raise InvalidValue(
            f"A checkpoint must hold a model of keras_bvae; {str(path)!r} could not be "
            f"read as one ({_first_line(error)}). Import the module that defines your "
            "own classes first, or train again with `kbvae train`."
        ) from error
    if not isinstance(model, VariationalAutoencoder):
        raise InvalidValue(
            "A checkpoint must hold a model of keras_bvae; "
            f"{str(path)!r} holds a {type(model).__name__}. "
            "Train one with `kbvae train`."
        )
    return model


def restore_checkpoint(model, path):
    """Puts all that `save_checkpoint` saved into a model that is there already.

    Weights, optimizer, random streams and running means; not its arguments.

    Args:
        model: `VariationalAutoencoder`, built and compiled as the saved one.
        path: `.keras` file.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is truncated, or of another model.
    """
    path = Path(path)
    require_keras_file(path)
    try:
        _require_same_class(model, path)
        with sound_content(path), warnings.catch_warnings():
            # Keras passes over an optimizer of another size with no more than this.
            warnings.filterwarnings("error", message="Skipping")
            model.load_weights(path)
    except Exception as error:
        raise InvalidValue(
            "A model goes on from a checkpoint of its own; "
            f"{str(path)!r} does not fit ({_first_line(error)}). Remove it to train "
            "from the beginning, or make and compile the model as it was."
        ) from error


def read_state(path):
    """What `save_checkpoint` was given as `state`, without loading the model.

    Args:
        path: `.keras` file.

    Returns:
        dict; empty if the file holds none.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is truncated, damaged or of another kind.
    """
    path = Path(path)
    require_keras_file(path)
    try:
        return read_member(path, _STATE) or {}
    except Exception as error:  # whatever zipfile says of a damaged file
        raise InvalidValue(
            f"A checkpoint's {_STATE} must be as it was written; that of "
            f"{str(path)!r} is damaged ({_first_line(error)}). Copy the file again."
        ) from error


def _require_same_class(model, path):
    saved = (read_member(path, CONFIG) or {}).get("registered_name")
    ours = keras.saving.get_registered_name(type(model))
    if saved != ours:
        raise InvalidValue(f"it holds {saved}, the model is {ours}")


def _first_line(error):
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:200]


def _as_json(state):
    try:
        return json.dumps(state)
    except (TypeError, ValueError) as error:
        raise InvalidValue(
            "A checkpoint's `state` must be a dict that JSON can hold; received one "
            f"that it cannot ({error}). Turn arrays into lists and NumPy's numbers "
            "into Python's."
        ) from error


def _require_readable(path):
    """Raises unless every byte reads back as written; builds no model."""
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip() or MEMBERS - set(archive.namelist())
            if not damaged:
                with archive.open(WEIGHTS) as weights, h5py.File(weights, "r"):
                    return
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        damaged = error
    raise FileNotWritten(path, f"it reads back damaged: {damaged}", "")


def _with_last_good(path, reason):
    """The error with what it means for a run: what is left, and how to go on."""
    try:
        step = read_state(path)["step"]
    except (OSError, ValueError, KeyError):
        return FileNotWritten(path, reason, "Free space there and save again.")
    return FileNotWritten(
        path,
        reason,
        "Free space there and go on with "
        f"`kbvae train --resume {as_typed(path.parent)}`.",
        f"the last good one, of step {step}, is kept",
    )
