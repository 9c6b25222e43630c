"""Rows of numbers in memory as a data set: a table, series, or volumes."""

import numpy as np

from keras_bvae.datasets.dataset import Dataset
from keras_bvae.errors import InvalidValue


class NumberRows(Dataset):
    """Examples that are no images, held in memory as float32.

    Args:
        name: what `keras_bvae.datasets.load` knows it by.
        values: array `(n, …)`, 1, 2 or 4 axes an example, all finite.
        factor_space, description: as for `Dataset`.
        channel_names: names of the last axis's entries; `()`: they have none.
        categories: how many classes each categorical column has: the last entries of
            the last axis are 0 or 1, a block for each.

    Raises:
        ValueError: there is no row, or a value is not finite.
    """

    def __init__(
        self,
        name,
        values,
        factor_space=None,
        description="",
        channel_names=(),
        categories=(),
    ):
        values = np.asarray(values)
        if not values.size:
            raise InvalidValue(
                f"A data set must have a row and a column; received {name}, of the "
                f"shape {values.shape}. Name a file that holds some."
            )
        _require_told_apart(name, values, channel_names, sum(categories))
        super().__init__(
            name, values.shape[1:], factor_space, len(values), description=description
        )
        self.channel_names = tuple(channel_names)
        self.categories = tuple(categories)
        self._values = np.ascontiguousarray(values, np.float32)
        self._values.flags.writeable = False

    def _images_at(self, indices):
        return self._values[indices]

    def stored_images(self, count):
        return self._values


def _require_told_apart(name, values, channel_names, unscaled):
    """Raises unless float32 keeps what tells the values of a column apart.

    A time of 1.7e9 seconds that moves by minutes is nearly a constant in float32.

    Raises:
        InvalidValue: a column would lose a hundredth of its spread or more.
    """
    columns = values.reshape(-1, values.shape[-1])
    if unscaled:
        columns = columns[:, :-unscaled]
    for place in range(columns.shape[1]):
        column = columns[:, place].astype("float64")
        lost = np.abs(column - column.astype("float32")).max()
        spread = column.std()
        if not np.isfinite(lost):
            raise InvalidValue(
                f"The values of {name} must fit into float32, up to 3.4e38; received "
                f"{_called(place, channel_names)}, up to {np.abs(column).max():.3g}. "
                "Take its logarithm, or another unit."
            )
        if lost > 0.01 * spread > 0:
            raise InvalidValue(
                f"The values of {name} must differ by more than float32 rounds; "
                f"received {_called(place, channel_names)}, which lies around "
                f"{column.mean():.6g} and varies by {spread:.3g}. Subtract its least "
                "value, or leave it out."
            )


def _called(place, channel_names):
    return f"column {channel_names[place] if channel_names else place!r}"
