import re
from types import SimpleNamespace

import numpy as np
import pytest

from keras_bvae.runs.training_history import read_history

CSV = """step,seconds,kl,kl_0,kl_10,kl_2,loss,my_score,reconstruction
100,1.5,0.5,0.1,0.3,0.2,9.0,,8.5
200,2.5,0.75,0.2,0.5,0.3,7.0,0.25,6.25
"""


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "beta4"
    folder.mkdir()
    (folder / "history.csv").write_text(CSV)
    return folder


def test_a_runs_folder_and_its_file_are_the_same(run):
    for source in (run, str(run), run / "history.csv"):
        history = read_history(source)
        assert (history.name, history.unit) == ("beta4", "step")
        np.testing.assert_array_equal(history.steps, [100, 200])
        np.testing.assert_array_equal(history.columns["loss"], [9.0, 7.0])
        np.testing.assert_array_equal(history.columns["my_score"], [np.nan, 0.25])
    assert read_history(history) is history


def test_latents_are_in_the_order_of_their_numbers(run):
    np.testing.assert_array_equal(
        read_history(run).kl, [[0.1, 0.2, 0.3], [0.2, 0.3, 0.5]]
    )


def test_the_loss_comes_first_and_clocks_are_no_terms(run):
    assert read_history(run).terms == ("loss", "reconstruction", "kl", "my_score")


def test_what_fit_returned():
    lists = {"loss": [3.0, 2.0], "val_loss": [3.5, 2.5], "kl": [0.0, 1.0], "score": [1]}
    history = read_history(SimpleNamespace(history=lists, epoch=[4, 5]))
    assert (history.name, history.unit) == ("", "epoch")
    np.testing.assert_array_equal(history.steps, [5, 6])
    assert history.terms == ("loss", "kl")
    # Logged in one epoch of two: nobody knows in which.
    assert set(history.columns) == {"loss", "val_loss", "kl"}
    np.testing.assert_array_equal(read_history(lists).steps, [1, 2])
    assert read_history(lists).kl.shape == (2, 0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("step,loss\n1,high\n", "could not convert"),
        ("epoch,loss\n1,2\n", "'step'"),
        ("step,loss\n", "has none"),
        ("", "has none"),
        ("step,loss\n1,2,3\n", "history.csv must have"),
    ],
)
def test_a_file_of_another_kind_is_named(run, text, said):
    (run / "history.csv").write_text(text)
    with pytest.raises(ValueError, match=re.escape(said)):
        read_history(run)


def test_a_missing_run_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="where there is none"):
        read_history(tmp_path / "nothing")


def test_another_object_is_refused():
    with pytest.raises(ValueError, match="received a list"):
        read_history([1.0, 2.0])
    with pytest.raises(ValueError, match="at least one row"):
        read_history({})
