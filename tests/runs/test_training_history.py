import os
import re
from types import SimpleNamespace

import numpy as np
import pytest

from keras_bvae.errors import InvalidValue, IsAFolder, Unusable
from keras_bvae.runs.training_history import history_if_any, read_history

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
        ("step,loss\n1,high\n", "line 2 has 'high' for a number"),
        ("step,loss\n1,1_0\n", "line 2 has '1_0' for a number"),
        ("epoch,loss\n1,2\n", "its columns are ['epoch', 'loss']"),
        ("step,loss\n", "has none"),
        ("", "has none"),
        ("step,loss\n1,2,3\n", "line 2 has 3 values for 2 columns"),
        ("step,loss\n100,2\n2\n", "line 3 has 1 values for 2 columns"),
        ("step,loss\n100,2\n2\n300,3\n400", "line 3 has 1 values for 2 columns"),
        ("step,loss,loss\n1,2,3\n", "a column has no name, or that of another"),
        ("step,,loss\n1,2,3\n", "a column has no name, or that of another"),
        ("loss\n1\n", "its columns are ['loss']"),
        ("step\none\n", "line 2 has the step 'one'"),
        ("step\n-1\n", "line 2 has the step '-1'"),
        ("step\n1e2\n", "line 2 has the step '1e2'"),
        ("step\n" + "9" * 400 + "\n", "line 2 has the step '999"),
        ("step\n2\n2\n", "step 2 comes after step 2"),
        ("step,seconds\n1,soon\n", "line 2 has 'soon' for a number"),
        ("step,seconds\n1,-2\n", "line 2 has the seconds '-2'"),
        ("step,seconds\n1,nan\n", "line 2 has the seconds 'nan'"),
        ('step,loss\n1,"2\n', "history.csv must have"),
        ("step,loss\n1," + "1" * 200_000 + "\n", "field larger than field limit"),
        ("step,loss\n1,\x00\n", "history.csv must have"),
        ("step,löss\n1,2\n".encode("latin-1"), "must be text in UTF-8"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_a_file_of_another_kind_is_named(run, text, said):
    text = text if isinstance(text, bytes) else text.encode()
    (run / "history.csv").write_bytes(text)
    with pytest.raises(InvalidValue, match=re.escape(said)) as caught:
        read_history(run)
    assert len(str(caught.value)) < 1500


TORN = ("2", "200", "200,3", "200,3\r", "\x00" * 40, "200,\xc3")


@pytest.mark.parametrize("tail", TORN, ids=ascii)
def test_a_last_line_without_its_end_is_no_row(run, tail):
    """As a process leaves it that is killed, or still at it."""
    text = b"step,loss\r\n100,2\r\n" + tail.encode("latin-1")
    (run / "history.csv").write_bytes(text)
    assert read_history(run).steps.tolist() == [100]
    assert read_history(run).columns["loss"].tolist() == [2]


@pytest.mark.parametrize("text", ["", "step,lo", "step,loss\r", "step,loss\r\n1,"])
def test_a_history_without_a_row_is_none_yet(run, text):
    (run / "history.csv").write_text(text, newline="")
    assert history_if_any(run / "history.csv") is None
    assert history_if_any(run / "none.csv") is None
    with pytest.raises(InvalidValue, match="has none"):
        read_history(run)


def test_a_row_of_a_run_that_diverged_is_read_with_gaps(run):
    """As versions before 0.6 wrote it."""
    (run / "history.csv").write_text("step,loss,kl\n1,2,1\n2,nan,-inf\n")
    columns = read_history(run).columns
    np.testing.assert_array_equal(columns["loss"], [2, np.nan])
    np.testing.assert_array_equal(columns["kl"], [1, np.nan])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe with a name")
def test_a_pipe_is_no_history_and_is_not_waited_for(run):
    (run / "history.csv").unlink()
    os.mkfifo(run / "history.csv")
    with pytest.raises(Unusable, match="is a pipe"):
        read_history(run)


def test_a_folder_is_no_history(run):
    (run / "history.csv").unlink()
    (run / "history.csv").mkdir()
    with pytest.raises(IsAFolder, match="is a folder"):
        read_history(run)


def test_a_missing_run_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="where there is none"):
        read_history(tmp_path / "nothing")


def test_another_object_is_refused():
    with pytest.raises(ValueError, match="received a list"):
        read_history([1.0, 2.0])
    with pytest.raises(ValueError, match="at least one row"):
        read_history({})
