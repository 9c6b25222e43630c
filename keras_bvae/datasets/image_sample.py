"""A random sample of a data set's images."""

import numpy as np


def sample_indices(dataset, count, seed=0):
    """Draws different image numbers of a data set, in rising order.

    Args:
        dataset: data set with `len()`.
        count: int, at least 1; a smaller data set gives all it has.
        seed: int.

    Returns:
        NumPy array of int, shape `(min(count, len(dataset)),)`.

    Raises:
        ValueError: `count` below 1.
    """
    if count < 1:
        raise ValueError(
            f"`count` must be at least 1; received count={count!r}. "
            "Ask for the number of images you want to see."
        )
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
        ValueError: `count` below 1.
    """
    return dataset.images_at(sample_indices(dataset, count, seed))
