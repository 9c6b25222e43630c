import json
import os
import re

import pytest

from keras_bvae.errors import InvalidValue, Unusable
from keras_bvae.runs import RunFolder, Settings, open_run

# Nothing here knows a backend.
pytestmark = pytest.mark.across_backends

FIRST = {
    "settings": Settings().to_dict(),
    "backend": "torch",
    "device": "cpu",
    "platform": "Elsewhere-1.0",
    "versions": {"keras-bvae": "0.6.0"},
    "started": "2026-11-21T23:43:30+00:00",
    "status": "running",
    "step": 0,
    "seconds": 0.0,
}


def read(folder, record):
    """What is read of a record, a dict or the bytes of a file."""
    content = record if isinstance(record, bytes) else json.dumps(record).encode()
    (folder / "run.json").write_bytes(content)
    return RunFolder(folder).read()


def test_what_a_later_version_may_add_comes_back(tmp_path):
    record = {**FIRST, "of_tomorrow": [1], "status": "paused", "results": None}
    assert read(tmp_path, record) == record


@pytest.mark.parametrize("name", FIRST)
def test_each_field_is_needed(tmp_path, name):
    record = {key: value for key, value in FIRST.items() if key != name}
    with pytest.raises(InvalidValue, match=rf"is not \(it lacks {name}\)"):
        read(tmp_path, record)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"settings": None}, "`settings` must be an object; it is None"),
        ({"settings": [1]}, "`settings` must be an object; it is [1]"),
        ({"settings": {"beta": "4"}}, "received beta='4'"),
        ({"settings": {"network": "mine"}}, "received 'mine'"),
        ({"settings": {"bta": 4}}, "settings that are not known: 'bta'"),
        ({"backend": 3}, "`backend` must be text; it is 3"),
        ({"device": None}, "`device` must be text; it is None"),
        ({"versions": {"keras": 3}}, "`versions.keras` must be text; it is 3"),
        ({"versions": []}, "`versions` must be an object; it is []"),
        ({"status": ["running"]}, "`status` must be text"),
        ({"status": "a" * 20_000}, "`status` must be text"),
        ({"step": -1}, "`step` must be a whole number >= 0; it is -1"),
        ({"step": True}, "`step` must be a whole number >= 0; it is True"),
        ({"step": "40"}, "`step` must be a whole number >= 0; it is '40'"),
        ({"step": 10**400}, "`step` must be a whole number >= 0; it is 1000"),
        ({"seconds": "soon"}, "`seconds` must be a number of seconds >= 0"),
        ({"seconds": -1.0}, "`seconds` must be a number of seconds >= 0"),
        ({"resumed": {}}, "`resumed` must be a list"),
        ({"resumed": [{"at": "now"}]}, "resumed[0] lacks step"),
        ({"best": {"step": 3}}, "best lacks val_loss"),
        ({"best": {"step": 3, "val_loss": "low"}}, "`best.val_loss` must be a finite"),
        ({"stopped_early": {"step": 3, "rounds": -1}}, "`stopped_early.rounds` must"),
        ({"init_from": "runs/a"}, "`init_from` must be an object"),
        ({"images": 1.5}, "`images` must be a whole number"),
        ({"results": 3}, "`results` must be an object"),
        ({"results": {"kl": "low"}}, "`results.kl` must be a finite number"),
        ({"results": {"scores": [{}]}}, "results.scores[0] lacks name, score"),
        ({"results": {"scores": "none"}}, "`results.scores` must be a list"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_field_that_is_odd_is_named(tmp_path, changes, said):
    with pytest.raises(InvalidValue, match=re.escape(said)) as caught:
        read(tmp_path, {**FIRST, **changes})
    assert "move that file away" in str(caught.value)
    assert len(str(caught.value)) < 1500


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b'"text"',
        b"[" * 100_000,
        b'{"settings": ' * 100_000,
        "{}".encode("utf-16"),
        b"\xff\xfe\xfa",
        json.dumps({**FIRST, "seconds": float("nan")}).encode(),
        json.dumps({**FIRST, "results": {"kl": float("inf")}}).encode(),
        json.dumps(FIRST).replace("0.0}", "1e999}").encode(),
        json.dumps(FIRST).replace("0.0}", "9" * 5000 + "}").encode(),
    ],
    ids=range(12),
)
def test_what_is_no_such_json_is_one_sentence(tmp_path, content):
    with pytest.raises(InvalidValue, match=r"run\.json must be as") as caught:
        read(tmp_path, content)
    assert len(str(caught.value)) < 1500


def test_a_record_of_a_newer_version_says_to_upgrade(tmp_path):
    settings = {**FIRST["settings"], "temperature": 1.0, "pace": "slow"}
    newer = {**FIRST, "settings": settings, "versions": {"keras-bvae": "0.10.0"}}
    with pytest.raises(InvalidValue, match=r"written by keras-bvae 0\.10\.0") as caught:
        read(tmp_path, newer)
    assert "'temperature', 'pace'" in str(caught.value)
    assert "pip install --upgrade keras-bvae" in str(caught.value)
    assert "new run" not in str(caught.value)
    older = {**newer, "versions": {"keras-bvae": "0.5.9"}}
    with pytest.raises(InvalidValue, match=r"'temperature', 'pace'.*Start a new run"):
        read(tmp_path, older)
    known = {**FIRST, "versions": {"keras-bvae": "9.0.0"}}
    assert read(tmp_path, known) == known


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe with a name")
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (os.mkdir, r"must be a file; .*run\.json' is a folder"),
        (
            getattr(os, "mkfifo", None),
            r"must be an ordinary file; .*run\.json' is a pipe",
        ),
        (
            lambda path: os.symlink("nowhere", path),
            r"must exist; .*run\.json' does not",
        ),
    ],
    ids=["folder", "pipe", "link"],
)
def test_what_is_no_file_is_no_record_and_is_not_waited_for(tmp_path, make, said):
    make(tmp_path / "run.json")
    (tmp_path / "ckpt.keras").write_text("")
    for read in (RunFolder(tmp_path).read, lambda: open_run(tmp_path)):
        with pytest.raises(Unusable, match=said):
            read()


def test_a_record_that_is_too_large_is_not_read(tmp_path):
    with open(tmp_path / "run.json", "wb") as file:
        file.truncate(2**40)  # takes no room
    with pytest.raises(InvalidValue, match="bytes at most"):
        RunFolder(tmp_path).read()
