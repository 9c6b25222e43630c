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
    """Codes from an `.npy` file, factors from another one or from a CSV file.

    Raises:
        OSError: a file does not exist, or is no ordinary one.
        InvalidValue: a file cannot be read, or its array is not what it should be.
    """
    from keras_bvae.representations.code_files import own_codes_of_files

    own = own_codes_of_files(codes_path, factors_path, factor_names)
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
