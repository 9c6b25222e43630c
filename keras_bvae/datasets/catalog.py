"""Data sets by name: one way to say which, everywhere."""

import difflib

# What `load` understands, with what it is. Importing this costs nothing: the module of
# each data set, and what that needs, is imported when the data set is asked for.
NAMES = {
    "dsprites": "dSprites, drawn from its geometry: nothing to download",
    "dsprites:FILE.npz": "dSprites from the official file, or its .hdf5",
    "tfds:dsprites": "dSprites from TensorFlow Datasets",
    "digits": "scikit-learn's handwritten digits, no factors",
}


def load(name, image_size=None):
    """A data set by its name; cheap, as images are read or drawn when they are needed.

    Args:
        name: "dsprites", "dsprites:FILE.npz", "dsprites:FILE.hdf5", "tfds:dsprites" or
            "digits".
        image_size: int, height and width, for the data sets that can be made at any
            size; None: the data set's own, 64.

    Returns:
        Dataset.

    Raises:
        ValueError: the name is not known, the file is unusable, or the data set does
            not come in this size.
        OSError: the file is missing, or a download failed.
    """
    if name == "digits":
        from keras_bvae.datasets.digits import Digits

        return Digits() if image_size is None else Digits(image_size)
    dataset = _load_at_its_own_size(name)
    if image_size is not None and dataset.image_shape[:2] != (image_size, image_size):
        height, width, _ = dataset.image_shape
        raise ValueError(
            f"`image_size` must be the data set's own for {name}, {height} x {width}; "
            f"received image_size={image_size!r}. Leave it out, or use digits, which "
            "comes in any size."
        )
    return dataset


def _load_at_its_own_size(name):
    if name == "dsprites":
        from keras_bvae.datasets.dsprites import DSprites

        return DSprites()
    if name == "tfds:dsprites":
        from keras_bvae.datasets.tfds_source import TFDSDSprites

        return TFDSDSprites()
    kind, colon, path = str(name).partition(":")
    if kind == "dsprites" and colon:
        from keras_bvae.datasets.dsprites_files import DSpritesFile

        return DSpritesFile(path)
    raise ValueError(
        f"A data set must be one of {', '.join(NAMES)}; received {name!r}. "
        + _closest_name(str(name))
    )


def _closest_name(name):
    close = difflib.get_close_matches(name, NAMES, n=1, cutoff=0.5)
    return f"Did you mean {close[0]}?" if close else "Use dsprites to begin with."
