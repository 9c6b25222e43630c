"""Images that share the value of one factor and are free in all others."""

from typing import NamedTuple

import numpy as np

from keras_bvae.errors import InvalidValue


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
    if image_pool is None:
        factors, labels = draw_factor_pairs(rng, dataset.sample_factors, *drawn)
        return _indices_of(dataset, factors), labels
    indices, pool = _draw_pool(rng, dataset, image_pool)
    rows, labels = draw_pairs_from_pool(rng, pool, *drawn)
    return indices[rows], labels


def draw_images_and_batches(
    rng, dataset, columns, singles, batches, images, image_pool=None
):
    """Random images, and batches of images that share one factor.

    Args:
        rng, dataset, columns: as for `draw_image_pairs`.
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
    if image_pool is None:
        alone = _indices_of(dataset, dataset.sample_factors(rng, singles))
        factors, labels = draw_factor_batches(rng, dataset.sample_factors, *drawn)
        return alone, _indices_of(dataset, factors), labels
    indices, pool = _draw_pool(rng, dataset, image_pool)
    alone = rng.choice(indices, size=singles)
    rows, labels = draw_batches_from_pool(rng, pool, *drawn)
    return alone, indices[rows], labels


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
        `(factors, labels)`: int array `(points, 2, pairs, factors)`, and `(points,)`
        with the position in `columns` of the factor that is shared.

    Source: Higgins et al. 2017 (OpenReview Sy2fzU9gl), section 3.
    """
    labels = rng.integers(len(columns), size=points)
    sides = [sample_factors(rng, points * pairs) for _ in range(2)]
    factors = np.stack([side.reshape(points, pairs, -1) for side in sides], axis=1)
    point, column = np.arange(points), np.asarray(columns)[labels]
    factors[point, 1, :, column] = factors[point, 0, :, column]
    return factors, labels


def draw_factor_batches(rng, sample_factors, columns, batches, images):
    """Batches of factor rows; within a batch one factor has one value.

    Which factor is drawn once per batch; its value is that of the batch's first row,
    as in the reference code.

    Args:
        rng, sample_factors, columns: as for `draw_factor_pairs`.
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


def draw_pairs_from_pool(rng, pool, columns, points, pairs):
    """The same as `draw_factor_pairs`, with all rows taken from one pool.

    A pair is two different rows of the pool. If the pool was drawn at random, each
    pair has the same distribution as in `draw_factor_pairs`; only the pairs are no
    longer independent of each other. 5,000 rows thus serve for any number of points.

    Args:
        pool: int array `(rows, factors)`.
        rng, columns, points, pairs: as for `draw_factor_pairs`.

    Returns:
        `(rows, labels)`: int array `(points, 2, pairs)` of positions in the pool, and
        `(points,)` as in `draw_factor_pairs`.

    Raises:
        ValueError: no two rows of the pool share a value of one of the columns.
    """
    return _draw_from_pool(rng, pool, columns, points, (2, pairs), _pairs_sharing)


def draw_batches_from_pool(rng, pool, columns, batches, images):
    """The same as `draw_factor_batches`, with all rows taken from one pool.

    The shared value is that of a random row, among the rows whose value occurs twice
    or more; the batch is drawn, with repetition, from the rows that have this value.
    A few rows make batches whose variance is too low, but equally so for every code.

    Args:
        pool: int array `(rows, factors)`.
        rng, columns, batches, images: as for `draw_factor_batches`.

    Returns:
        `(rows, labels)`: int array `(batches, images)` of positions in the pool, and
        `(batches,)` as in `draw_factor_batches`.

    Raises:
        ValueError: no two rows of the pool share a value of one of the columns.
    """
    return _draw_from_pool(rng, pool, columns, batches, (images,), _rows_sharing)


class RowsByValue(NamedTuple):
    """Rows with equal values stand together in `order`.

    Attributes:
        order: int array, shape `(rows,)`, the rows, group after group.
        group: int array, shape `(rows,)`, the group of each row.
        start: int array, shape `(groups,)`, where each group begins in `order`.
        count: int array, shape `(groups,)`, how many rows it has.
        has_partner: int array, the rows whose value occurs twice or more.
    """

    order: np.ndarray
    group: np.ndarray
    start: np.ndarray
    count: np.ndarray
    has_partner: np.ndarray


def rows_by_value(values):
    """Groups rows by their value.

    Args:
        values: int array, shape `(rows,)`, one factor of a pool of images.

    Returns:
        `RowsByValue`.

    Raises:
        ValueError: all values are different.
    """
    _, group, count = np.unique(values, return_inverse=True, return_counts=True)
    has_partner = np.flatnonzero(count[group] > 1)
    if not has_partner.size:
        raise InvalidValue(
            "`image_pool` must hold two images that share a value of each factor; "
            f"received {len(values)} images, all different in one factor. Use a "
            "larger pool, or image_pool=None."
        )
    order = np.argsort(group, kind="stable")
    return RowsByValue(order, group, np.cumsum(count) - count, count, has_partner)


def _draw_pool(rng, dataset, size):
    """Random images by number: those with equal factors are different ones."""
    indices = rng.integers(len(dataset), size=size)
    return indices, dataset.factors_at(indices)


def _indices_of(dataset, factors):
    """The images of factor rows, shape `(..., factors)`."""
    rows = dataset.indices_of(factors.reshape(-1, factors.shape[-1]))
    return np.reshape(rows, factors.shape[:-1])


def _draw_from_pool(rng, pool, columns, points, shape, draw_sharing):
    """Positions `(points, *shape)` of rows that share a factor, and which it is.

    `draw_sharing` draws them for points that share a value of one column: a function
    `(rng, rows_by_value(column), shape)` to positions.
    """
    labels = rng.integers(len(columns), size=points)
    drawn = np.empty((points, *shape), dtype=np.int64)
    for label, column in enumerate(columns):
        chosen = labels == label
        rows = rows_by_value(pool[:, column])
        drawn[chosen] = draw_sharing(rng, rows, (np.count_nonzero(chosen), *shape))
    return drawn, labels


def _pairs_sharing(rng, rows, shape):
    """Two different rows with equal values for each pair, `(points, 2, pairs)`."""
    points, _, pairs = shape
    rank = np.empty_like(rows.order)
    rank[rows.order] = np.arange(len(rank)) - rows.start[rows.group[rows.order]]
    first = rng.choice(rows.has_partner, size=(points, pairs))
    group = rows.group[first]
    # A step of 1 … count - 1 around the ring of equal values never comes back to
    # where it started.
    step = 1 + rng.integers(rows.count[group] - 1)
    places = rows.start[group] + (rank[first] + step) % rows.count[group]
    return np.stack([first, rows.order[places]], axis=1)


def _rows_sharing(rng, rows, shape):
    """Rows with equal values in each batch, `(batches, images)`."""
    group = rows.group[rng.choice(rows.has_partner, size=shape[:1])][:, None]
    return rows.order[rows.start[group] + rng.integers(rows.count[group], size=shape)]
