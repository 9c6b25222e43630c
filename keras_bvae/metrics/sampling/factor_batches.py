"""Batches of images that share the value of one factor and are free in all others."""

import numpy as np

from keras_bvae.metrics.sampling.rows_by_value import rows_by_value


def draw_images_and_batches(
    rng, dataset, columns, singles, batches, images, image_pool=None
):
    """Random images, and batches of images that share one factor.

    Args:
        rng: `numpy.random.Generator`.
        dataset: a data set with factors.
        columns: ints, the factors that may be shared.
        singles: int, how many random images.
        batches: int.
        images: int, images per batch.
        image_pool: None: every image is drawn afresh. int: all are taken, with
            repetition, from so many that are drawn first.

    Returns:
        `(singles, batches, labels)`: image indices, int arrays `(singles,)` and
        `(batches, images)`; and `(batches,)` with the position in `columns` of the
        factor that is shared.

    Raises:
        ValueError: no two images of the pool share a value of one of the factors.
    """
    drawn = (columns, batches, images)
    if image_pool is not None:
        # By number: images with equal factors are different ones.
        indices = rng.integers(len(dataset), size=image_pool)
        pool = dataset.factors_at(indices)
        alone = rng.choice(indices, size=singles)
        rows, labels = draw_batches_from_pool(rng, pool, *drawn)
        return alone, indices[rows], labels
    alone = dataset.indices_of(dataset.sample_factors(rng, singles))
    factors, labels = draw_factor_batches(rng, dataset.sample_factors, *drawn)
    rows = dataset.indices_of(factors.reshape(-1, factors.shape[-1]))
    return np.asarray(alone), np.reshape(rows, (batches, images)), labels


def draw_factor_batches(rng, sample_factors, columns, batches, images):
    """Batches of factor rows; within a batch one factor has one value.

    Which factor is drawn once per batch; its value is that of the batch's first row,
    as in the reference code.

    Args:
        rng: `numpy.random.Generator`.
        sample_factors: function `(rng, count)` to int array `(count, factors)`.
        columns: ints, the columns that may be shared.
        batches: int.
        images: int, images per batch.

    Returns:
        `(factors, labels)`: int array `(batches, images, factors)`, and `(batches,)`
        with the position in `columns` of the factor that is shared.

    Source: Kim & Mnih 2018 (arXiv:1802.05983), section 4.
    """
    labels = rng.integers(len(columns), size=batches)
    factors = np.array(sample_factors(rng, batches * images))
    factors = factors.reshape(batches, images, -1)
    batch, column = np.arange(batches), np.asarray(columns)[labels]
    factors[batch, :, column] = factors[batch, 0, column][:, None]
    return factors, labels


def draw_batches_from_pool(rng, pool, columns, batches, images):
    """The same, with all rows taken from one pool of factor rows.

    The shared value is that of a random row, among the rows whose value occurs twice
    or more; the batch is drawn, with repetition, from the rows that have this value.
    A few rows make batches whose variance is too low, but equally so for every code.

    Args:
        rng: `numpy.random.Generator`.
        pool: int array `(rows, factors)`.
        columns: ints, the columns that may be shared.
        batches: int.
        images: int, images per batch.

    Returns:
        `(rows, labels)`: int array `(batches, images)` of positions in the pool, and
        `(batches,)` as in `draw_factor_batches`.

    Raises:
        ValueError: no two rows of the pool share a value of one of the columns.
    """
    labels = rng.integers(len(columns), size=batches)
    rows = np.empty((batches, images), dtype=np.int64)
    for label, column in enumerate(columns):
        chosen = labels == label
        shape = (np.count_nonzero(chosen), images)
        rows[chosen] = _rows_sharing(rng, pool[:, column], shape)
    return rows, labels


def _rows_sharing(rng, values, shape):
    """Positions, `shape`, of rows that have equal `values` along the last axis."""
    rows = rows_by_value(values)
    group = rows.group[rng.choice(rows.has_partner, size=shape[:1])][:, None]
    return rows.order[rows.start[group] + rng.integers(rows.count[group], size=shape)]
