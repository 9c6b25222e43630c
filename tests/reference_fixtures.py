"""Inputs and scores of the field's reference implementation, beside the checkout."""

import functools
import json
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parents[1].parent / "shared" / "fixtures"
CASES = (
    "perfect",
    "permuted_scaled",
    "rotation",
    "nonlinear_noisy",
    "dead_dims",
    "noise",
    "dropped_factor",
    "constant_dims",
)


@functools.cache
def expected():
    """All of expected.json; skips the test where the folder is absent."""
    _require_folder()
    return json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))


def arrays_of(case):
    """`(codes, factors, test_codes, test_factors)` of a case."""
    arrays = stored_arrays(f"case_{case}")
    return tuple(arrays[n] for n in ("mus_train", "ys_train", "mus_test", "ys_test"))


@functools.cache
def stored_arrays(name):
    """One `.npz` file as a dict of arrays."""
    _require_folder()
    with np.load(FOLDER / f"{name}.npz", allow_pickle=False) as file:
        return dict(file)


def _require_folder():
    if not FOLDER.is_dir():
        pytest.skip("needs ../shared/fixtures, beside a developer's checkout")
