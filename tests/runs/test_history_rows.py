import csv
import os

import pytest

from keras_bvae.errors import Unusable
from keras_bvae.runs.history_rows import HistoryRows
from keras_bvae.runs.training_history import read_history

TERMS = ("loss", "reconstruction", "kl", "kl_0", "kl_1")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "history.csv"


def row(step, **more):
    return {"step": step, "seconds": step / 8, **dict.fromkeys(TERMS, 0.5), **more}


def written_whole(path, rows):
    """What versions before wrote, all rows each time."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path.read_bytes()


def test_the_bytes_are_those_of_a_file_written_whole(path):
    rows = [row(step) for step in (100, 200)]
    rows += [row(300, score=0.25), row(400), row(500, val_loss=2.0, score="")]
    added = HistoryRows(path)
    for one in rows:
        added.add(one)
    assert path.read_bytes() == written_whole(path.with_name("whole"), rows)
    assert added.last_step == 500


def test_what_a_row_costs_does_not_grow_with_their_number(path, monkeypatch):
    rows, sizes, real = HistoryRows(path), [], os.write
    rows.add(row(100_000))
    monkeypatch.setattr(
        os, "write", lambda handle, data: sizes.append(len(data)) or real(handle, data)
    )
    for name in ("read", "pread", "replace", "rename", "fsync"):
        monkeypatch.delattr(os, name, raising=False)  # nothing is read or moved for it
    for step in range(100_100, 200_000, 100):
        rows.add({**row(step), "seconds": 7.5})
    assert len(sizes) == 999
    assert set(sizes) == {len(b"100100,7.5,0.5,0.5,0.5,0.5,0.5\r\n")}
    assert not rows._before
    assert len(read_history(path).steps) == 1000


def test_a_run_that_goes_on_has_only_the_rows_it_goes_on_from(path):
    first = HistoryRows(path)
    for step in (100, 200, 300):
        first.add(row(step))
    with open(path, "ab") as file:
        file.write(b"400,50.0,0.5,0.")
    whole = [{k: str(v) for k, v in row(step).items()} for step in (100, 200)]
    rest = HistoryRows(path, whole)
    assert rest.last_step == 200
    assert path.read_bytes().endswith(b"0.")  # until there is a row
    rest.add(row(300))
    rest.add(row(400))
    rows = [row(step) for step in (100, 200, 300, 400)]
    assert path.read_bytes() == written_whole(path.with_name("whole"), rows)


@pytest.mark.parametrize(
    ("change", "steps"),
    [
        (lambda path: path.unlink(), [300]),
        (lambda path: path.write_bytes(path.read_bytes()[:-3]), [100, 300]),
        (lambda path: os.link(path, path.with_name("backup")), [100, 200, 300]),
        (lambda path: path.write_text("step,note\n100,7\n900,7\n"), [100, 300]),
    ],
    ids=["removed", "cut", "linked", "edited"],
)
def test_a_file_that_somebody_changed_keeps_what_can_be_read(path, change, steps):
    rows = HistoryRows(path)
    rows.add(row(100))
    rows.add(row(200))
    change(path)
    rows.add(row(300))
    assert read_history(path).steps.tolist() == steps
    rows.add(row(400))
    assert read_history(path).steps.tolist() == [*steps, 400]
    backup = path.with_name("backup")
    assert not backup.exists() or read_history(backup).steps.tolist() == [100, 200]


def test_a_file_that_somebody_damaged_is_set_aside(path):
    rows = HistoryRows(path)
    rows.add(row(100))
    path.write_text("step;loss\n100;0,5\n")
    with pytest.warns(UserWarning, match=r"is called history-damaged\.csv now"):
        rows.add(row(200))
    rows.add(row(300))
    assert read_history(path).steps.tolist() == [200, 300]
    aside = path.with_name("history-damaged.csv")
    assert aside.read_text() == "step;loss\n100;0,5\n"


@pytest.mark.skipif(os.name != "posix", reason="needs links")
def test_no_row_goes_through_a_link(path):
    rows = HistoryRows(path)
    rows.add(row(100))
    outside = path.rename(path.with_name("outside"))
    before = outside.read_bytes()
    path.symlink_to(outside)
    for one in (row(200), row(200, score=1.0)):
        with pytest.raises(Unusable, match="link"):
            rows.add(one)
    assert outside.read_bytes() == before


def test_rows_are_on_the_disk_when_they_are_asked_to_be(path, monkeypatch):
    rows = HistoryRows(path)
    rows.add(row(100))
    synced = []
    monkeypatch.setattr(os, "fsync", synced.append)
    rows.add(row(200))
    assert synced == []
    rows.put_on_disk()
    assert len(synced) == 1
