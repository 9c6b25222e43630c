"""Codes as classes, and the information that they share with factors, from counts."""

import numpy as np
import scipy.stats
from sklearn.metrics import mutual_info_score
from sklearn.metrics.cluster import expected_mutual_information as expected_of_counts

from keras_bvae.rules import require_whole


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
    require_whole("bins", bins, least=2, advice="Use 20.")
    columns = []
    for column in np.asarray(values).T:
        # The edges of np.histogram, which refuses a range of few floating point steps.
        edges = np.linspace(column.min(), column.max(), bins + 1)[:-1]
        columns.append(np.searchsorted(edges, column, side="right") - 1)
    return np.stack(columns, axis=1)


def mutual_information(first, second):
    """Mutual information of every column of one array with every one of another.

    The plug-in estimate: the counts as if they were probabilities. Of n rows it is too
    large by some (a - 1)(b - 1) / 2n for two independent columns of a and b classes.

    Args:
        first: int array, shape `(n, a)`.
        second: int array, shape `(n, b)`.

    Returns:
        float64 array, shape `(a, b)`, in nats, >= 0; exactly 0 for a constant column.

    Source: Cover & Thomas 2006, equation 2.28; computed by scikit-learn.
    """

    def of_two(table):
        return mutual_info_score(None, None, contingency=table)

    return _of_all_pairs(of_two, first, second)


def expected_mutual_information(first, second):
    """What `mutual_information` gives on average if rows are paired at random.

    Exact, over all permutations of one column's rows: what the counts of both columns
    make of chance alone. Takes some 15 ms for a pair of columns of 10,000 rows.

    Args:
        first: int array, shape `(n, a)`.
        second: int array, shape `(n, b)`.

    Returns:
        float64 array, shape `(a, b)`, in nats, >= 0; exactly 0 for a constant column.

    Source: Vinh, Epps & Bailey 2010, "Information theoretic measures for clusterings
    comparison"; computed by scikit-learn.
    """

    def of_two(table):
        # Rounding could leave a constant column a digit.
        if min(table.shape) == 1:
            return 0.0
        return max(expected_of_counts(table, table.sum()), 0.0)

    return _of_all_pairs(of_two, first, second)


def entropy(values):
    """Entropy of every column, from counts.

    Args:
        values: int array, shape `(n, columns)`.

    Returns:
        float64 array, shape `(columns,)`, in nats.
    """
    columns = np.asarray(values).T
    counts = [np.unique(column, return_counts=True)[1] for column in columns]
    return np.array([scipy.stats.entropy(classes) for classes in counts])


def _of_all_pairs(of_two, first, second):
    """What `of_two` makes of the counts of each column of one with each of another."""
    first = [_classes(column) for column in np.asarray(first).T]
    second = [_classes(column) for column in np.asarray(second).T]
    return np.array([[of_two(_contingency_table(a, b)) for b in second] for a in first])


def _classes(column):
    """The column as 0, 1, 2, …, and how many there are."""
    values, classes = np.unique(column, return_inverse=True)
    return classes, len(values)


def _contingency_table(first, second):
    (a, a_size), (b, b_size) = first, second
    table = np.bincount(a * b_size + b, minlength=a_size * b_size)
    return table.reshape(a_size, b_size)
