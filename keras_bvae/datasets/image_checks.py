"""Rules for images that people hand us."""

import numpy as np


def require_images(images, image_shape=None):
    """Raises unless `images` are what every model and picture here expects.

    Args:
        images: array-like, shape `(n, height, width, channels)`: uint8, 0 … 255, or
            float, finite and in [0, 1].
        image_shape: `(height, width, channels)` that each image must have, or None.

    Raises:
        ValueError: the shape, the type or a value breaks the rule.
    """
    images = np.asarray(images)
    _require_shape(images, image_shape)
    if images.dtype == np.uint8:
        return
    if not np.issubdtype(images.dtype, np.floating):
        raise ValueError(
            "`images` must be uint8 (0 … 255) or float in [0, 1]; received "
            f"dtype={images.dtype}. Convert them with images.astype('uint8') if they "
            "run to 255, or images.astype('float32') if they run to 1."
        )
    _require_unit_interval(images)


def _require_shape(images, image_shape):
    if images.ndim != 4:
        raise ValueError(
            "`images` must have the shape (n, height, width, channels); received "
            f"shape={images.shape}. For a single image add an axis in front, "
            "images[None]; for greyscale one at the end, images[..., None]."
        )
    if image_shape is not None and images.shape[1:] != tuple(image_shape):
        raise ValueError(
            f"`images` must have image_shape={tuple(image_shape)}; received "
            f"image_shape={images.shape[1:]}. Resize the images, or build the network "
            "for this size."
        )


def _require_unit_interval(images):
    # NaN passes through min and max, and fails both comparisons.
    if images.size == 0 or (images.min() >= 0 and images.max() <= 1):
        return
    finite = np.isfinite(images)
    if not finite.all():
        raise ValueError(
            "`images` must be finite; received "
            f"{np.count_nonzero(np.isnan(images)):,} NaN and "
            f"{np.count_nonzero(np.isinf(images)):,} infinite values among "
            f"{images.size:,}. Look for a division by 0 where they were made."
        )
    raise ValueError(
        "`images` must lie in [0, 1] where they are float; received values from "
        f"{images.min():.6g} to {images.max():.6g}. Divide by 255 if they run to 255, "
        "or convert them to uint8."
    )
