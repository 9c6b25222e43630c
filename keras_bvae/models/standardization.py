"""Columns and channels in their own units, and with mean 0 and variance 1."""

import keras
import numpy as np
from keras import ops

from keras_bvae.datasets.dataset import Dataset
from keras_bvae.datasets.images import as_array
from keras_bvae.errors import InvalidValue
from keras_bvae.models.categories import as_categories, require_blocks_fit
from keras_bvae.rules import shown

# Rows of a data set that are read at once.
_ROWS = 1024


@keras.saving.register_keras_serializable(package="keras_bvae")
class Standardization:
    """Mean and scale of each column of a table, each channel of a series or volume.

    Args:
        mean: floats, one for each entry of the last axis, in the data's own units.
        scale: floats > 0, as many: standard deviations.

    Raises:
        ValueError: they are not as many, not finite, or a scale is not above 0.
    """

    def __init__(self, mean, scale):
        self.mean = _vector("mean", mean)
        self.scale = _vector("scale", scale)
        if self.mean.shape != self.scale.shape or not (self.scale > 0).all():
            raise InvalidValue(
                "A standardization has a mean and a scale above 0 for each column; "
                f"received {len(self.mean)} means and {len(self.scale)} scales, the "
                f"least {self.scale.min(initial=np.inf):g}. Use "
                "Standardization.of(x_train)."
            )

    @classmethod
    def of(cls, data, categories=None):
        """That of some data: give it what is trained on, and nothing held out.

        A column that never changes has the scale 1; so has one of a data set's
        `unscaled_columns`, with the mean 0.

        Args:
            data: array `(n, …, columns)`, or a `Dataset`.
            categories: ints >= 2, as for the model: the last columns are one-hot blocks
                of so many classes, and stay as they are. None: what a data set says.

        Returns:
            Standardization.

        Raises:
            ValueError: there is no row, a value is not finite, or there are fewer
                columns than the blocks have.
        """
        if isinstance(data, Dataset):
            parts = [
                data.images_at(np.arange(start, min(start + _ROWS, len(data))))
                for start in range(0, len(data), _ROWS)
            ]
        else:
            data = as_array(data)
            parts = [data[i : i + _ROWS] for i in range(0, len(data), _ROWS)]
        mean, scale = _moments(parts)
        categories = as_categories(categories)
        require_blocks_fit(categories, (len(mean),))
        count = sum(categories) or getattr(data, "unscaled_columns", 0)
        if count:
            mean[-count:], scale[-count:] = 0, 1
        return cls(mean, scale)

    def require_fit(self, shape, unscaled=0):
        """Raises unless data of the shape `shape`, one example's, have these columns.

        Args:
            shape: tuple of ints.
            unscaled: int, how many of the last columns must stay as they are.

        Raises:
            ValueError: it is an image, the last axis has another length, or a column
                would not stay.
        """
        if len(shape) == 3:
            raise InvalidValue(
                "A standardization is for tables, series and volumes; received one for "
                f"images of the shape {tuple(shape)}, which lie in [0, 1]. Leave it "
                "out."
            )
        if shape[-1] != len(self.mean):
            raise InvalidValue(
                "A standardization must have a mean for each column; received "
                f"{len(self.mean)} for data of the shape {tuple(shape)}. Use "
                "Standardization.of(x_train)."
            )
        last = slice(len(self.mean) - unscaled, None)
        if self.mean[last].any() or (self.scale[last] != 1).any():
            raise InvalidValue(
                "A standardization leaves categorical columns as they are, mean 0 and "
                f"scale 1; received others for the last {unscaled}. Use "
                "Standardization.of(x_train, categories=…)."
            )

    def standardized(self, values):
        """Tensor `(batch, …, columns)`, float32, from own units to mean 0, scale 1."""
        return (values - self._tensor(self.mean)) / self._tensor(self.scale)

    def standardized_array(self, values):
        """As `standardized`, of a NumPy array; no digit is lost on the way."""
        values = np.asarray(values, "float64")
        return ((values - self.mean) / self.scale).astype("float32")

    def restored(self, values):
        """Tensor `(batch, …, columns)`, float32, back to own units."""
        # NumPy's: tensors would be no constants of a network that is exported.
        scale, mean = (v.astype("float32") for v in (self.scale, self.mean))
        return ops.add(ops.multiply(values, scale), mean)

    def _tensor(self, vector):
        return ops.convert_to_tensor(vector.astype("float32"))

    def get_config(self):
        return {"mean": self.mean.tolist(), "scale": self.scale.tolist()}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def _moments(parts):
    """Mean and standard deviation over all axes but the last, without overflow."""
    count, mean, squares = 0, 0.0, 0.0
    for part in parts:
        rows = np.asarray(part, "float64").reshape(-1, part.shape[-1])
        if not np.isfinite(rows).all():
            raise InvalidValue(
                "What is standardised must be finite; received "
                f"{np.count_nonzero(~np.isfinite(rows)):,} values that are not. Fill "
                "them in, or leave their rows out."
            )
        # Chan et al. 1979: parts are merged by their own means.
        here = rows.mean(axis=0)
        offset = here - mean
        total = count + len(rows)
        squares = (
            squares
            + ((rows - here) ** 2).sum(axis=0)
            + offset**2 * count * len(rows) / total
        )
        mean = mean + offset * len(rows) / total
        count = total
    if not count:
        raise InvalidValue(
            "What is standardised must have a row; received none. Use "
            "Standardization.of(x_train)."
        )
    scale = np.sqrt(squares / count)
    # What rounding leaves of a constant is no scale.
    is_constant = scale <= 1e-12 * np.maximum(np.abs(mean), 1e-300)
    return mean, np.where(is_constant, 1.0, scale)


def _vector(name, values):
    try:
        vector = np.asarray(values, "float64")
    except (TypeError, ValueError):
        vector = np.empty((0, 0))
    if vector.ndim == 1 and len(vector) and np.isfinite(vector).all():
        return vector
    raise InvalidValue(
        f"`{name}` must be finite numbers, one a column; received {shown(values)}. Use "
        "Standardization.of(x_train)."
    )
