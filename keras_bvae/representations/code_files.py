"""Codes and factors of one's own, from the files that they lie in."""

import pathlib

import numpy as np

from keras_bvae.datasets.own.factor_file import factors_of_rows
from keras_bvae.datasets.storage.npy_file import NpyFile
from keras_bvae.errors import InvalidValue
from keras_bvae.representations.build import OwnCodes

_TABLE = ".csv"


def own_codes_of_files(codes_path, factors_path=None, factor_names=None):
    """Codes, and the factors of the same images, from files.

    Args:
        codes_path: an .npy file of numbers, `(n, latent_dim)`.
        factors_path: None; an .npy file of whole numbers, `(n, factors)`; or a CSV
            file with a header, one row an image: see `datasets.own.factor_file`.
        factor_names: None, or a name for each column; else a table's own.

    Returns:
        OwnCodes, called by the file of the codes.

    Raises:
        OSError: a file does not exist, or is no ordinary one.
        ValueError: a file is another one, or its array is not what it should be.
    """
    codes = _array(codes_path, "Codes", ".npy files")
    factors = None
    if factors_path is not None and _is_table(factors_path):
        table = factors_of_rows(factors_path, len(codes))
        factors = table.space.at(np.arange(len(table.space)))
        factor_names = factor_names or table.space.names
    elif factors_path is not None:
        factors = _array(factors_path, "Factors", ".npy files, or CSV with a header,")
    return OwnCodes(codes, factors, factor_names, str(codes_path))


def _is_table(path):
    return pathlib.Path(path).suffix.lower() == _TABLE


def _array(path, what, form):
    """The whole array of an .npy file."""
    try:
        return NpyFile(pathlib.Path(path), what).read()
    except InvalidValue as error:
        raise InvalidValue(
            f"{what} must be {form} of numbers, one row an image; received "
            f"{str(path)!r}: {error}. Write them with numpy.save."
        ) from error
