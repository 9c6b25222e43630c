"""What latents answer to factors: means of codes over all that is held equal."""

from dataclasses import dataclass

import numpy as np

from keras_bvae.errors import InvalidValue
from keras_bvae.metrics.representation_arrays import as_floats
from keras_bvae.rules import require_seed, require_whole


@dataclass(frozen=True)
class FactorResponse:
    """Mean and spread of each latent's code at each combination of some factors.

    Attributes:
        columns: tuple of int, the factors, as columns of the factor table.
        mean: NumPy array of float64, shape `(*classes, latent_dim)` with the number of
            classes of each of those factors in turn; NaN where there is no image.
        spread: NumPy array, same shape: the standard deviation over the images there.
        count: NumPy array of int, shape `(*classes,)`, images there.
    """

    columns: tuple
    mean: np.ndarray
    spread: np.ndarray
    count: np.ndarray


def factor_response(codes, factors, columns, sizes):
    """Averages codes over the images that share the classes of some factors.

    Args:
        codes: NumPy array, shape `(images, latent_dim)`, posterior means.
        factors: int array, shape `(images, factors)`, a class index each.
        columns: sequence of int, which factors to tell apart.
        sizes: sequence of int, the number of classes of every factor.

    Returns:
        FactorResponse.

    Raises:
        ValueError: codes and factors differ in length.

    Source: Higgins et al. 2017, figure 7, draws such means for position, scale and
    rotation.
    """
    advice = "Encode the images of these factors."
    codes = as_floats(codes, "codes", "numbers, (images, latent_dim)", advice)
    factors = np.asarray(factors)
    if len(codes) != len(factors):
        raise InvalidValue(
            "`codes` and `factors` must have a row for each image; received shapes "
            f"{codes.shape} and {factors.shape}. {advice}"
        )
    shape = tuple(int(sizes[column]) for column in columns)
    cells = np.ravel_multi_index(tuple(factors[:, c] for c in columns), shape)
    cell_count = int(np.prod(shape))
    count = np.bincount(cells, minlength=cell_count)
    with np.errstate(invalid="ignore"):  # 0/0 is the NaN of an empty cell
        mean = _sums(codes, cells, cell_count) / count[:, np.newaxis]
        deviations = np.square(codes - mean[cells])
        variance = _sums(deviations, cells, cell_count) / count[:, np.newaxis]
    return FactorResponse(
        columns=tuple(columns),
        mean=mean.reshape(*shape, -1),
        spread=np.sqrt(variance).reshape(*shape, -1),
        count=count.reshape(shape),
    )


def balanced_indices(factors, columns, per_cell, seed=0):
    """Images such that each combination of some factors has as many of them.

    All combinations are met by the same choices of the other factors, where those have
    images: two cells then differ by their own factors only, not by the luck of a draw.

    Args:
        factors: int array, shape `(images, factors)`, of every image.
        columns: sequence of int, the factors whose combinations are the cells.
        per_cell: int >= 1, images of a cell; one with fewer gives all it has.
        seed: int >= 0, which choices of the other factors.

    Returns:
        NumPy array of int, image numbers in rising order.

    Raises:
        ValueError: `per_cell` is no whole number >= 1, or `seed` none >= 0.
    """
    require_whole("per_cell", per_cell, least=1)
    require_seed(seed)
    factors = np.asarray(factors)
    cells = _numbered(factors[:, list(columns)])
    rest = _numbered(np.delete(factors, list(columns), axis=1))
    lottery = np.random.default_rng(seed).permutation(rest.max() + 1)
    order = np.lexsort((lottery[rest], cells))
    begins = np.flatnonzero(np.diff(cells[order], prepend=-1))
    lengths = np.diff(begins, append=len(order))
    place_in_cell = np.arange(len(order)) - np.repeat(begins, lengths)
    return np.sort(order[place_in_cell < per_cell])


def _sums(values, cells, cell_count):
    columns = [np.bincount(cells, column, cell_count) for column in values.T]
    return np.stack(columns, axis=1)


def _numbered(rows):
    """A number for each row, equal for equal rows."""
    if rows.shape[1] == 0:
        return np.zeros(len(rows), int)
    sizes = tuple(rows.max(axis=0) + 1)
    if np.prod(sizes, dtype=float) < 2**62:
        numbers = np.ravel_multi_index(tuple(rows.T), sizes)
        return np.unique(numbers, return_inverse=True)[1]
    return np.unique(rows, axis=0, return_inverse=True)[1].ravel()
