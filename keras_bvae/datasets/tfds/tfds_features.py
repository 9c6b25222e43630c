"""Which features of a TensorFlow data set are the images, and which their factors."""

import numpy as np

from keras_bvae.errors import InvalidValue

# What TFDS calls the factors, in the order of the official files.
OFFICIAL = {
    "shapes3d": (
        ("label_floor_hue",),
        ("label_wall_hue",),
        ("label_object_hue",),
        ("label_scale",),
        ("label_shape",),
        ("label_orientation",),
    ),
    "smallnorb": (
        ("label_category",),
        ("instance",),
        ("label_elevation",),
        ("label_azimuth",),
        ("label_lighting",),
    ),
}
# The names, as ours are, by which the code of Locatello et al. 2019 scores a set.
PUBLISHED = {
    "dsprites": ("orientation", "scale", "shape", "x_position", "y_position"),
    "shapes3d": (
        "floor_hue",
        "wall_hue",
        "object_hue",
        "scale",
        "shape",
        "orientation",
    ),
    "smallnorb": ("category", "elevation", "azimuth", "lighting"),
}
# The feature that holds the factors where other numbers, such as coordinates, are none.
ONLY_IN = {"celeb_a": "attributes"}


def image_feature(features, name):
    """Where the images are: `image`, else the first feature of images.

    Args:
        features: tfds.features.FeaturesDict.
        name: name of the data set, for the error.

    Returns:
        `(path, shape)`: keys from the outside in, and `(height, width, channels)` with
        None for what varies.

    Raises:
        ValueError: there is none, or its pixels are no bytes.
    """
    import tensorflow_datasets as tfds

    found = {
        path: feature
        for path, feature in _flat(features)
        # A labelled image is a mask, whose numbers are classes.
        if isinstance(feature, tfds.features.Image)
        and not isinstance(feature, tfds.features.LabeledImage)
    }
    if not found:
        raise InvalidValue(
            "A data set of TensorFlow Datasets must have a feature of images; received "
            f"tfds:{name}, which has {', '.join(features)}. Choose another."
        )
    path = ("image",) if ("image",) in found else next(iter(found))
    feature = found[path]
    if feature.np_dtype not in (np.uint8, np.uint16):
        raise InvalidValue(
            "Images of TensorFlow Datasets must be uint8 or uint16; received "
            f"{feature.np_dtype} in {'/'.join(path)} of tfds:{name}. Choose another."
        )
    return path, tuple(feature.shape)


def factor_features(features, name):
    """Where the factors are: the official ones, else each integer of an image.

    Args:
        features: tfds.features.FeaturesDict.
        name: name of the data set, without version and configuration.

    Returns:
        List of paths, keys from the outside in; empty where there are none.
    """
    if name in OFFICIAL:
        return list(OFFICIAL[name])
    outer = ONLY_IN.get(name)
    return [
        path
        for path, feature in _flat(features)
        if feature.shape == ()
        and np.dtype(feature.np_dtype).kind in "iub"
        and (outer is None or path[0] == outer)
    ]


def _flat(features, above=()):
    """Pairs of path and feature, of single values and of images, without sequences."""
    import tensorflow_datasets as tfds

    for key, feature in features.items():
        if isinstance(feature, tfds.features.FeaturesDict):
            yield from _flat(feature, (*above, key))
        elif not isinstance(feature, (tfds.features.Sequence, tfds.features.Dataset)):
            yield (*above, key), feature
