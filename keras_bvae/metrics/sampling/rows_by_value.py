"""The rows of a pool, grouped by the value of one factor."""

from typing import NamedTuple

import numpy as np


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
        raise ValueError(
            "`image_pool` must hold two images that share a value of each factor; "
            f"received {len(values)} images, all different in one factor. Use a "
            "larger pool, or image_pool=None."
        )
    order = np.argsort(group, kind="stable")
    return RowsByValue(order, group, np.cumsum(count) - count, count, has_partner)
