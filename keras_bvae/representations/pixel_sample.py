"""The sample of a data set that PCA and ICA are fitted on."""

import math

import numpy as np

from keras_bvae.datasets.image_sample import sample_indices
from keras_bvae.representations.pixels import pixels

# Of dSprites these take 313 MiB. Two samples agree on the space of the first ten
# components (cosines above 0.99), but not on each one: x and y are alike there, so the
# variances come in near-equal pairs, and a sample decides how a pair is mixed.
SAMPLE_SIZE = 20_000
# Larger images than those of dSprites are fewer.
MAX_SAMPLE_BYTES = 320 * 2**20
_IMAGES_AT_ONCE = 1024


def pixel_sample(dataset, seed=0, progress=None):
    """Pixels of different images, drawn at random: 20,000, or all if there are fewer.

    Args:
        dataset: Dataset.
        seed: int >= 0.
        progress: None or function `(images read, images in all)`.

    Returns:
        float32 array, shape `(images, height · width · channels)`, in [0, 1], at most
        `MAX_SAMPLE_BYTES`.
    """
    width = math.prod(dataset.image_shape)
    row_bytes = width * np.dtype(np.float32).itemsize
    count = max(1, min(SAMPLE_SIZE, MAX_SAMPLE_BYTES // row_bytes))
    indices = sample_indices(dataset, count, seed)
    rows = np.empty((len(indices), width), np.float32)
    for start in range(0, len(indices), _IMAGES_AT_ONCE):
        batch = indices[start : start + _IMAGES_AT_ONCE]
        rows[start : start + len(batch)] = pixels(dataset.images_at(batch))
        if progress is not None:
            progress(start + len(batch), len(indices))
    return rows
