from pathlib import Path

import numpy as np
import pytest
from numbered_run import Squares

from kbvae.bare_codes import baseline, own_codes
from keras_bvae import datasets


@pytest.fixture
def files(tmp_path):
    """Paths of codes and factors of 12 images."""
    codes, factors = tmp_path / "c.npy", tmp_path / "f.npy"
    np.save(codes, np.arange(24.0).reshape(12, 2))
    np.save(factors, np.arange(24).reshape(12, 2) % 3)
    return codes, factors


def test_codes_of_ones_own_have_their_results_beside_them(files):
    codes = own_codes(*files, ("a", "b"))
    assert codes.title == "c"
    assert codes.evaluation_file == files[0].parent / "c-evaluation.json"
    assert codes.origin == {"codes": str(files[0]), "factors": str(files[1])}
    assert codes.dataset.factor_names == ("a", "b")
    assert codes.encode.codes_at([1]).tolist() == [[2.0, 3.0]]


def test_a_baseline_has_its_results_in_the_working_folder(monkeypatch):
    monkeypatch.setattr(datasets, "load", lambda name: Squares())
    codes = baseline("truth", None, 10, 0, None)
    assert codes.title == "truth, squares"
    assert codes.evaluation_file == Path("truth-evaluation.json")
    assert codes.encode.codes_at([0]).shape == (1, 2)
