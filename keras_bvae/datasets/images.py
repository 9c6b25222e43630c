"""Images as arrays: what they must be, in which size, and a random sample."""

import numpy as np
from PIL import Image

from keras_bvae.errors import InvalidValue
from keras_bvae.rules import is_whole, require_seed, require_whole

SMALLEST_SIZE = 8
LARGEST_SIZE = 512
# Four times float32's last digit: what scaling and resizing leave beyond the bounds.
_ROUNDING = 4 * float(np.finfo(np.float32).eps)


def require_images(images, image_shape=None):
    """Raises unless `images` are what every model and picture here expects.

    Args:
        images: array-like or a tensor of any framework, shape `(n, height, width,
            channels)`: uint8, 0 … 255, or float, finite and in [0, 1].
        image_shape: `(height, width, channels)` that each image must have, or None.

    Raises:
        ValueError: the shape, the type or a value breaks the rule.
    """
    if not hasattr(images, "shape") or not hasattr(images, "dtype"):
        images = as_array(images)
    require_image_shape(images.shape, image_shape)
    require_image_type(images.dtype)
    require_image_values(images)


def require_image_shape(shape, image_shape=None):
    """Raises unless images of this shape are `(n, height, width, channels)`.

    Args:
        shape: of an array or of what is to come: an axis may be None, or the whole
            shape, where it is not known yet.
        image_shape: `(height, width, channels)` that each image must have, or None.

    Raises:
        ValueError: there is another number of axes, or an image has another shape.
    """
    if shape is None or getattr(shape, "rank", 4) is None:
        return
    shape = tuple(shape)
    if len(shape) != 4:
        raise InvalidValue(
            "`images` must have the shape (n, height, width, channels); received "
            f"shape={shape}. For a single image add an axis in front, "
            "images[None]; for greyscale one at the end, images[..., None]."
        )
    if image_shape is None:
        return
    pairs = zip(shape[1:], image_shape, strict=True)
    if any(None not in pair and pair[0] != pair[1] for pair in pairs):
        raise InvalidValue(
            f"`images` must have image_shape={tuple(image_shape)}; received "
            f"image_shape={shape[1:]}. Resize the images, or build the network "
            "for this size."
        )


def require_image_type(dtype):
    """Raises unless numbers of this type can be images: uint8, or float.

    One rule everywhere: of other integers nobody knows whether they run to 1 or to 255.

    Args:
        dtype: NumPy's or any framework's.

    Raises:
        ValueError: it is another one.
    """
    name = dtype_name(dtype)
    if name != "uint8" and not name.startswith(("float", "bfloat")):
        raise InvalidValue(
            "`images` must be uint8 (0 … 255) or float in [0, 1]; received "
            f"dtype={name}. Convert them with images.astype('uint8') if they "
            "run to 255, or images.astype('float32') if they run to 1."
        )


def require_image_values(images):
    """Raises unless float images lie in [0, 1].

    Args:
        images: array, or tensor of any framework that has its values.

    Raises:
        ValueError: a value is NaN, infinite, or outside.
    """
    if dtype_name(images.dtype) == "uint8":
        return
    # NaN passes through min and max, and fails both comparisons.
    low, high = _range_of(images)
    if low >= -_ROUNDING and high <= 1 + _ROUNDING:
        return
    images = as_array(images).astype("float64")
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
        f"{_exact(low)} to {_exact(high)}. {_remedy(low, high)}"
    )


def as_array(images):
    """Images as a NumPy array of their own type, wherever they lie."""
    if hasattr(images, "detach"):  # PyTorch's may want a gradient, or lie on a GPU
        images = images.detach().cpu()
        if dtype_name(images.dtype) == "bfloat16":  # unknown to NumPy
            images = images.float()
    return np.asarray(images)


def dtype_name(dtype):
    """What NumPy calls a type, be it of NumPy, TensorFlow, JAX or PyTorch."""
    name = getattr(dtype, "name", None) or str(dtype).removeprefix("torch.")
    return str(name)


def require_image_size(name, image_size):
    """Raises unless images of the data set `name` can be made at this size.

    Raises:
        ValueError: no whole number, or out of range.
    """
    advice = "Use the network's size, such as 64."
    require_whole("image_size", image_size, SMALLEST_SIZE, LARGEST_SIZE, advice, name)


def sides_of(name, image_size):
    """Height and width of images of the data set `name`, at a size of any proportions.

    Args:
        name: str.
        image_size: int, the side of a square, or `(height, width)`, each 8 … 512.

    Returns:
        `(height, width)`, of int.

    Raises:
        ValueError: no whole number, or out of range.
    """
    is_pair = isinstance(image_size, tuple | list) and len(image_size) == 2
    sides = tuple(image_size) if is_pair else (image_size, image_size)
    if is_pair and not all(is_whole(s, SMALLEST_SIZE, LARGEST_SIZE) for s in sides):
        raise InvalidValue(
            f"{name}: `image_size` must be a whole number of {SMALLEST_SIZE} … "
            f"{LARGEST_SIZE} pixels, or two, (height, width); received "
            f"image_size={sides!r}. Use the network's size, such as 64."
        )
    require_image_size(name, sides[0])
    return int(sides[0]), int(sides[1])


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


def _remedy(low, high):
    if low == -1 and high <= 1:
        return "Use (images + 1) / 2 if they run from -1 to 1."
    if low > -0.5 and high < 1.5:
        return "Clip them to [0, 1] if resizing left them outside."
    return "Divide by 255 if they run to 255, or convert them to uint8."


def _range_of(images):
    """The least and the greatest value; computed where the images lie."""
    if 0 in images.shape:
        return 0.0, 0.0
    if not hasattr(images, "min"):  # TensorFlow's tensors have no such method
        images = as_array(images)
    return float(images.min()), float(images.max())


def _exact(value):
    """A value in few digits, but never as a bound that it lies beyond."""
    text = f"{value:.6g}"
    return text if value in (0, 1) or float(text) not in (0, 1) else f"{value:.9g}"
