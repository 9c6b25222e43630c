import re
from pathlib import Path

import numpy as np
import pytest
from numbered_run import Squares

from kbvae.subjects import baseline_subject, codes_subject
from keras_bvae import datasets


@pytest.fixture
def files(tmp_path):
    """Paths of codes and factors of 12 images."""
    codes, factors = tmp_path / "c.npy", tmp_path / "f.npy"
    np.save(codes, np.arange(24.0).reshape(12, 2))
    np.save(factors, np.arange(24).reshape(12, 2) % 3)
    return codes, factors


def test_codes_of_ones_own_have_their_results_beside_them(files):
    subject = codes_subject(*files, ("a", "b"))
    assert subject.title == "c"
    assert subject.results == files[0].parent / "c-evaluation.json"
    assert subject.origin == {"codes": str(files[0]), "factors": str(files[1])}
    assert subject.dataset.factor_names == ("a", "b")
    assert subject.encode.codes_at([1]).tolist() == [[2.0, 3.0]]
    assert subject.model is None


def test_a_baseline_has_its_results_in_the_working_folder(monkeypatch):
    monkeypatch.setattr(datasets, "load", lambda name: Squares())
    subject = baseline_subject("truth", None, 10, 0, None)
    assert subject.title == "truth, squares"
    assert subject.results == Path("truth-evaluation.json")
    assert subject.encode.codes_at([0]).shape == (1, 2)


def test_nothing_is_unpickled(tmp_path):
    path = tmp_path / "objects.npy"
    np.save(path, np.array([{"a": 1}, None], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="cannot be read"):
        codes_subject(path, None, None)


@pytest.mark.parametrize("name", ["missing.npy", "text.npy", "several.npz"])
def test_other_files_are_named(tmp_path, name):
    path = tmp_path / name
    if name == "text.npy":
        path.write_text("1,2,3")
    if name == "several.npz":
        np.savez(path, a=np.ones(3))
    with pytest.raises(ValueError, match=re.escape("must be .npy files")):
        codes_subject(path, None, None)
