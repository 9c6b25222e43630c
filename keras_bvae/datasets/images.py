"""Images as arrays: what they must be, in which size, and a random sample."""

import numpy as np
from PIL import Image

from keras_bvae.errors import InvalidValue
from keras_bvae.rules import require_seed, require_whole

SMALLEST_SIZE = 8
LARGEST_SIZE = 512


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
        raise InvalidValue(
            "`images` must be uint8 (0 … 255) or float in [0, 1]; received "
            f"dtype={images.dtype}. Convert them with images.astype('uint8') if they "
            "run to 255, or images.astype('float32') if they run to 1."
        )
    _require_unit_interval(images)


def require_image_size(name, image_size):
    """Raises unless images of the data set `name` can be made at this size.

    Raises:
        ValueError: no whole number, or out of range.
    """
    advice = "Use the network's size, such as 64."
    require_whole("image_size", image_size, SMALLEST_SIZE, LARGEST_SIZE, advice, name)


def resized(images, image_size):
    """Images scaled to a square, without aliasing (Lanczos).

    Args:
        images: uint8 array, shape `(n, height, width, channels)`, 1 or 3 channels.
        image_size: int, height and width of the result.

    Returns:
        uint8 array, shape `(n, image_size, image_size, channels)`.

    Source: the filter is that of disentanglement_lib (Locatello et al. 2019,
    arXiv:1811.12359), which calls it ANTIALIAS.
    """
    size = (image_size, image_size)
    if images.shape[1:3] == size:
        return images
    result = np.empty((len(images), *size, images.shape[3]), np.uint8)
    for row, image in enumerate(images):
        picture = Image.fromarray(image[..., 0] if image.shape[2] == 1 else image)
        pixels = np.asarray(picture.resize(size, Image.Resampling.LANCZOS))
        result[row] = pixels.reshape(result.shape[1:])
    return result


def sample_indices(dataset, count, seed=0):
    """Draws different image numbers of a data set, in rising order.

    Args:
        dataset: data set with `len()`.
        count: int, at least 1; a smaller data set gives all it has.
        seed: int.

    Returns:
        NumPy array of int, shape `(min(count, len(dataset)),)`.

    Raises:
        ValueError: `count` is no whole number above 0, or `seed` none of 0 or more.
    """
    advice = "Ask for the number of images you want to see."
    require_whole("count", count, 1, advice=advice)
    require_seed(seed)
    rng = np.random.default_rng(seed)
    size = len(dataset)
    return np.sort(rng.choice(size, size=min(count, size), replace=False))


def sample_images(dataset, count, seed=0):
    """Draws different images of a data set.

    Args:
        dataset: data set with `len()` and `images_at(indices)`.
        count: int, at least 1; a smaller data set gives all it has.
        seed: int.

    Returns:
        NumPy array of uint8, shape `(count, height, width, channels)`.

    Raises:
        ValueError: `count` is no whole number above 0, or `seed` none of 0 or more.
    """
    return dataset.images_at(sample_indices(dataset, count, seed))


def _require_shape(images, image_shape):
    if images.ndim != 4:
        raise InvalidValue(
            "`images` must have the shape (n, height, width, channels); received "
            f"shape={images.shape}. For a single image add an axis in front, "
            "images[None]; for greyscale one at the end, images[..., None]."
        )
    if image_shape is not None and images.shape[1:] != tuple(image_shape):
        raise InvalidValue(
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
        raise InvalidValue(
            "`images` must be finite; received "
            f"{np.count_nonzero(np.isnan(images)):,} NaN and "
            f"{np.count_nonzero(np.isinf(images)):,} infinite values among "
            f"{images.size:,}. Look for a division by 0 where they were made."
        )
    raise InvalidValue(
        "`images` must lie in [0, 1] where they are float; received values from "
        f"{images.min():.6g} to {images.max():.6g}. Divide by 255 if they run to 255, "
        "or convert them to uint8."
    )
