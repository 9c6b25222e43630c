"""Pairs of images that share the value of one factor and are free in all others."""

import numpy as np

from keras_bvae.metrics.sampling.rows_by_value import rows_by_value


def draw_image_pairs(rng, dataset, columns, points, pairs, image_pool=None):
    """Points of pairs of images that share one factor.

    Args:
        rng: `numpy.random.Generator`.
        dataset: a data set with factors.
        columns: ints, the factors that may be shared.
        points: int.
        pairs: int, pairs per point.
        image_pool: None: every image is drawn afresh. int: all are taken from so many
            that are drawn first.

    Returns:
        `(indices, labels)`: image indices, int array `(points, 2, pairs)`, and
        `(points,)` with the position in `columns` of the factor that is shared.

    Raises:
        ValueError: no two images of the pool share a value of one of the factors.
    """
    drawn = (columns, points, pairs)
    if image_pool is not None:
        # By number: images with equal factors are different ones.
        indices = rng.integers(len(dataset), size=image_pool)
        pool = dataset.factors_at(indices)
        *sides, labels = draw_pairs_from_pool(rng, pool, *drawn)
        return np.stack([indices[side] for side in sides], axis=1), labels
    *sides, labels = draw_factor_pairs(rng, dataset.sample_factors, *drawn)
    rows = [dataset.indices_of(side.reshape(-1, side.shape[-1])) for side in sides]
    indices = np.stack([np.reshape(row, (points, pairs)) for row in rows], axis=1)
    return indices, labels


def draw_factor_pairs(rng, sample_factors, columns, points, pairs):
    """Points of pairs of factor rows; within a pair one factor is equal.

    Which factor is drawn once per point, its value once per pair, as in the algorithm
    of Higgins et al. and in the reference code.

    Args:
        rng: `numpy.random.Generator`.
        sample_factors: function `(rng, count)` to int array `(count, factors)`.
        columns: ints, the columns that may be shared.
        points: int.
        pairs: int, pairs per point.

    Returns:
        `(first, second, labels)`: two int arrays `(points, pairs, factors)`, and
        `(points,)` with the position in `columns` of the factor that is shared.

    Source: Higgins et al. 2017 (OpenReview Sy2fzU9gl), section 3.
    """
    labels = rng.integers(len(columns), size=points)
    first = sample_factors(rng, points * pairs).reshape(points, pairs, -1)
    second = np.array(sample_factors(rng, points * pairs)).reshape(first.shape)
    point, column = np.arange(points), np.asarray(columns)[labels]
    second[point, :, column] = first[point, :, column]
    return first, second, labels


def draw_pairs_from_pool(rng, pool, columns, points, pairs):
    """The same, with all rows taken from one pool of factor rows.

    A pair is two different rows of the pool. If the pool was drawn at random, each
    pair has the same distribution as in `draw_factor_pairs`; only the pairs are no
    longer independent of each other. 5,000 rows thus serve for any number of points.

    Args:
        rng: `numpy.random.Generator`.
        pool: int array `(rows, factors)`.
        columns: ints, the columns that may be shared.
        points: int.
        pairs: int, pairs per point.

    Returns:
        `(first, second, labels)`: two int arrays `(points, pairs)` of positions in
        the pool, and `(points,)` as in `draw_factor_pairs`.

    Raises:
        ValueError: no two rows of the pool share a value of one of the columns.
    """
    labels = rng.integers(len(columns), size=points)
    first = np.empty((points, pairs), dtype=np.int64)
    second = np.empty_like(first)
    for label, column in enumerate(columns):
        chosen = labels == label
        shape = (np.count_nonzero(chosen), pairs)
        first[chosen], second[chosen] = _pairs_sharing(rng, pool[:, column], shape)
    return first, second, labels


def _pairs_sharing(rng, values, shape):
    """Positions, twice of `shape`, of different rows with equal `values`."""
    rows = rows_by_value(values)
    rank = np.empty_like(rows.order)
    places = np.arange(len(rows.order))
    rank[rows.order] = places - rows.start[rows.group[rows.order]]
    first = rng.choice(rows.has_partner, size=shape)
    group = rows.group[first]
    # A step of 1 … count - 1 around the ring of equal values never comes back to
    # where it started.
    step = 1 + rng.integers(rows.count[group] - 1)
    places = rows.start[group] + (rank[first] + step) % rows.count[group]
    return first, rows.order[places]
