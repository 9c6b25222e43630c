"""Codes without a model: files of one's own, or a baseline of Higgins et al."""

from pathlib import Path
from typing import Any, NamedTuple


class BareCodes(NamedTuple):
    """Codes, their data, and where their scores go.

    Attributes:
        title: str, what tables and pictures call them.
        origin: dict, what the record says of where they come from.
        evaluation_file: Path, the record's file unless another one is asked for.
        dataset: data set.
        encode: what a metric takes as `encode`.
    """

    title: str
    origin: dict
    evaluation_file: Path
    dataset: Any
    encode: Any


def own_codes(codes_path, factors_path, factor_names):
    """Codes and factors from `.npy` files.

    Raises:
        InvalidValue: a file cannot be read, or its array is not what it should be.
    """
    from keras_bvae.representations import OwnCodes

    factors = None if factors_path is None else _array(factors_path)
    own = OwnCodes(_array(codes_path), factors, factor_names, str(codes_path))
    return BareCodes(
        codes_path.stem,
        {
            "codes": str(codes_path),
            "factors": None if factors_path is None else str(factors_path),
        },
        codes_path.with_name(f"{codes_path.stem}-evaluation.json"),
        own,
        own,
    )


def baseline(name, data, components, seed, progress):
    """One of the representations that Higgins et al. compare with.

    Raises:
        ValueError, OSError: the data set or the representation cannot be made.
    """
    from keras_bvae import datasets, representations
    from keras_bvae.runs.opened_run import DEFAULT_DATA

    dataset = datasets.load(data or DEFAULT_DATA)
    encode = representations.build(name, dataset, components, seed, progress)
    return BareCodes(
        f"{name}, {dataset.name}",
        {"representation": name, "components": components},
        Path(f"{name}-evaluation.json"),
        dataset,
        encode,
    )


def _array(path):
    import numpy as np

    from keras_bvae.errors import InvalidValue

    if not path.is_file():
        raise InvalidValue(
            f"Codes and factors must be .npy files; received {path}, which is none. "
            "Write them with numpy.save."
        )
    try:
        array = np.load(path, allow_pickle=False)
    except Exception as error:  # whatever NumPy and zipfile say of a damaged file
        raise InvalidValue(
            f"Codes and factors must be .npy files of numbers; {path} cannot be read "
            f"({error}). Write them with numpy.save."
        ) from error
    if not isinstance(array, np.ndarray):
        raise InvalidValue(
            f"Codes and factors must be .npy files of one array; {path} holds several. "
            "Write them with numpy.save, not numpy.savez."
        )
    return array
