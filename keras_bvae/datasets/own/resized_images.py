"""Images scaled to a network's size, as the literature scales Cars3D and smallNORB."""

import numpy as np

SMALLEST_SIZE = 8
LARGEST_SIZE = 512


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
    from PIL import Image

    size = (image_size, image_size)
    if images.shape[1:3] == size:
        return images
    result = np.empty((len(images), *size, images.shape[3]), np.uint8)
    for row, image in enumerate(images):
        picture = Image.fromarray(image[..., 0] if image.shape[2] == 1 else image)
        pixels = np.asarray(picture.resize(size, Image.Resampling.LANCZOS))
        result[row] = pixels.reshape(result.shape[1:])
    return result


def require_image_size(name, image_size):
    """Raises unless images of the data set `name` can be made at this size.

    Raises:
        ValueError: no whole number, or out of range.
    """
    is_whole = isinstance(image_size, (int, np.integer))
    if not is_whole or not SMALLEST_SIZE <= image_size <= LARGEST_SIZE:
        raise ValueError(
            f"`image_size` of {name} must be a whole number from {SMALLEST_SIZE} to "
            f"{LARGEST_SIZE}; received image_size={image_size!r}. Use the network's "
            "size, such as 64."
        )
