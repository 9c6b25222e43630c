"""What `kbvae evaluate` measures: a checkpoint, a baseline, or codes of one's own."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from kbvae.checkpoints import load_model_and_data, name_of


class Subject(NamedTuple):
    """A representation, its data, and where its results go.

    Attributes:
        title: str, what tables and pictures call it.
        origin: dict, what the record says of where it comes from.
        results: Path, the record's file unless another one is asked for.
        dataset: data set.
        encode: what a metric takes as `encode`.
        model: VariationalAutoencoder, or None where there is none.
    """

    title: str
    origin: dict
    results: Path
    dataset: Any
    encode: Any
    model: Any = None


def checkpoint_subject(checkpoint, data):
    """A trained model, by its means.

    Raises:
        ValueError, OSError: see `load_model_and_data`.
    """
    from keras_bvae.evaluation.evaluate_model import model_means
    from keras_bvae.runs.trained_data import evaluation_file

    model, dataset = load_model_and_data(checkpoint, data)
    return Subject(
        name_of(checkpoint),
        {"checkpoint": str(checkpoint)},
        evaluation_file(checkpoint, data),
        dataset,
        model_means(model),
        model,
    )


def baseline_subject(name, data, components, seed, progress):
    """One of the representations that Higgins et al. compare with.

    Raises:
        ValueError, OSError: the data set or the representation cannot be made.
    """
    from keras_bvae import datasets, representations

    dataset = datasets.load(data or "dsprites")
    encode = representations.build(name, dataset, components, seed, progress)
    return Subject(
        f"{name}, {dataset.name}",
        {"representation": name, "components": components},
        Path(f"{name}-evaluation.json"),
        dataset,
        encode,
    )


def codes_subject(codes_path, factors_path, factor_names):
    """Codes and factors from `.npy` files, with no model at all.

    Raises:
        ValueError, OSError: a file cannot be read, or its array is not what it should
            be.
    """
    from keras_bvae.representations import OwnCodes

    factors = None if factors_path is None else _array(factors_path)
    own = OwnCodes(_array(codes_path), factors, factor_names, str(codes_path))
    return Subject(
        codes_path.stem,
        {
            "codes": str(codes_path),
            "factors": None if factors_path is None else str(factors_path),
        },
        codes_path.with_name(f"{codes_path.stem}-evaluation.json"),
        own,
        own,
    )


def _array(path):
    if not path.is_file():
        raise ValueError(
            f"Codes and factors must be .npy files; received {path}, which is none. "
            "Write them with numpy.save."
        )
    try:
        array = np.load(path, allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise ValueError(
            f"Codes and factors must be .npy files of numbers; {path} cannot be read "
            f"({error}). Write them with numpy.save."
        ) from error
    if not isinstance(array, np.ndarray):
        raise ValueError(
            f"Codes and factors must be .npy files of one array; {path} holds several. "
            "Write them with numpy.save, not numpy.savez."
        )
    return array
