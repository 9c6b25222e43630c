"""A part for training and a part held out."""

import numpy as np

from keras_bvae.datasets.changes.subset import Subset

# Keeps the draw apart from the passes of `ImageBatches` under the same seed.
_STREAM = 5


def split(dataset, validation, seed):
    """Divides a data set by chance; see `Dataset.split`."""
    _require_share(validation, dataset)
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ValueError(
            f"`seed` must be a whole number >= 0; received seed={seed!r}. Use seed=0."
        )
    count = len(dataset)
    held_out = min(max(round(validation * count), 1), count - 1)
    order = np.random.default_rng([_STREAM, seed]).permutation(count)
    share = f"{validation:g}:{seed}"
    return (
        Subset(
            dataset,
            np.sort(order[held_out:]),
            f"train={share}",
            f"without the {held_out:,} images held out by seed {seed}",
        ),
        Subset(
            dataset,
            np.sort(order[:held_out]),
            f"validation={share}",
            f"the images held out by seed {seed}, of {count:,}",
        ),
    )


def _require_share(validation, dataset):
    is_number = isinstance(validation, (int, float, np.number))
    if not is_number or not 0 < validation < 1:
        raise ValueError(
            "`validation` must be a share between 0 and 1; received "
            f"validation={validation!r}. Use 0.1 to hold a tenth out."
        )
    if len(dataset) < 2:
        raise ValueError(
            f"A data set to split must have two images; received {dataset.name}, which "
            f"has {len(dataset)}. Use a larger one."
        )
