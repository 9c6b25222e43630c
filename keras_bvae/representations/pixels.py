"""Raw pixels as a representation."""

import numpy as np

from keras_bvae.datasets.image_checks import require_images


def pixels(images):
    """Flattens images to one row of numbers each.

    Args:
        images: array, shape `(n, height, width, channels)`: uint8, or float in [0, 1].

    Returns:
        float32 array, shape `(n, height · width · channels)`, in [0, 1].

    Raises:
        ValueError: the shape, the type or a value breaks the rule.
    """
    require_images(images)
    images = np.asarray(images)
    rows = images.reshape(len(images), -1).astype(np.float32)
    if images.dtype == np.uint8:
        rows /= 255
    return rows
