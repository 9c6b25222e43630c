"""Continuous codes as classes: equal-width bins, as the reference code has them."""

import numpy as np

from keras_bvae.metrics.protocols import is_count


def discretise(values, bins=20):
    """The bin of each value among equal-width bins, column by column.

    The bins span a column from its minimum to its maximum, closed on the left; the
    maximum lies in the last one. As they follow the range, a collapsed code fills all
    of them with its noise; only an exactly constant one falls into a single bin.

    Args:
        values: array, shape `(n, columns)`, finite.
        bins: int >= 2.

    Returns:
        int64 array, same shape, 0 … bins - 1.

    Raises:
        ValueError: `bins` is no whole number >= 2.

    Source: Locatello et al. 2019 (arXiv:1811.12359), appendix, "histogram
    discretizer".
    """
    if not is_count(bins) or bins < 2:
        raise ValueError(
            f"`bins` must be a whole number >= 2; received bins={bins!r}. Use 20."
        )
    columns = []
    for column in np.asarray(values).T:
        # The edges of np.histogram, which refuses a range of few floating point steps.
        edges = np.linspace(column.min(), column.max(), bins + 1)[:-1]
        columns.append(np.searchsorted(edges, column, side="right") - 1)
    return np.stack(columns, axis=1)
