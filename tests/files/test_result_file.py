import json
import os

import pytest

from keras_bvae.files.result_file import (
    SCORES,
    SPEEDS,
    require_record_path,
    require_result_path,
)

pytestmark = pytest.mark.across_backends
RECORD = {"name": "a", "dataset": "dsprites", "scores": [], "kl": 1.0}


def anything(path):
    return True


def nothing(path):
    return False


def test_a_new_file_an_empty_one_and_an_earlier_result_may_be_written(tmp_path):
    require_result_path(tmp_path / "new", nothing)
    (tmp_path / "empty").write_text("")
    require_result_path(tmp_path / "empty", nothing)
    (tmp_path / "old").write_text("old")
    require_result_path(tmp_path / "old", anything)
    assert sorted(os.listdir(tmp_path)) == ["empty", "old"]


def test_what_is_no_earlier_result_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(FileExistsError, match=r"'.*thesis\.txt' holds something else"):
        require_result_path(tmp_path / "thesis.txt", nothing)


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("photos/a.png", "photos/a.png"),
        ("photos/../photos/a.png", "photos/a.png"),
        ("same/a.png", "photos/a.png"),
        ("b.png", "photos/a.png"),
        ("photos/a.png", "photos"),
        ("photos/a.png", "same"),
    ],
)
def test_an_input_is_not_replaced_whatever_it_is_called(tmp_path, path, read):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.png").write_text("mine")
    (tmp_path / "same").symlink_to("photos")
    os.link(tmp_path / "photos" / "a.png", tmp_path / "b.png")
    with pytest.raises(FileExistsError, match="must not replace what is read"):
        require_result_path(
            tmp_path / path, anything, inputs=[tmp_path / "missing", tmp_path / read]
        )


@pytest.mark.parametrize("target", ["there", "nowhere"])
def test_a_link_is_neither_followed_nor_replaced(tmp_path, target):
    (tmp_path / "there").write_text("mine")
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(OSError, match="is a link"):
        require_result_path(tmp_path / "link", anything)


def test_folders_pipes_and_devices_are_no_files(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", os.devnull):
        with pytest.raises(OSError, match="is a pipe or a device"):
            require_result_path(path, anything)
    with pytest.raises(IsADirectoryError, match="is a folder"):
        require_result_path(tmp_path, anything)
    with pytest.raises(IsADirectoryError, match="needs a file name"):
        require_result_path("", anything)


@pytest.mark.parametrize("name", ["a" * 250, "a\0b", "file/below"])
def test_a_name_that_cannot_be_is_one_sentence(tmp_path, name):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=r"needs a name|is none") as caught:
        require_result_path(f"{tmp_path}/{name}", anything)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["run.json", "history.csv", "ckpt.keras", "RUN.JSON"])
def test_a_runs_own_names_are_kept_free(tmp_path, name):
    require_result_path(tmp_path / name, nothing)
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(FileExistsError, match="leave a run's own files alone"):
        require_result_path(tmp_path / name, anything)


@pytest.mark.parametrize(
    ("text", "is_earlier"),
    [
        (json.dumps(RECORD), True),
        (json.dumps([RECORD, RECORD]), True),
        ('{"my": "notes"}', False),
        ('[{"my": "notes"}]', False),
        ("[1]", False),
        ("half", False),
        ("[" * 100_000, False),
    ],
)
def test_a_record_replaces_records_of_its_kind_only(tmp_path, text, is_earlier):
    path = tmp_path / "scores.json"
    path.write_text(text)
    if is_earlier:
        require_record_path(path, SCORES)
    else:
        with pytest.raises(FileExistsError, match="holds something else"):
            require_record_path(path, SCORES)
    with pytest.raises(FileExistsError, match="holds something else"):
        require_record_path(path, SPEEDS)


def test_under_our_own_names_a_damaged_record_gives_way_and_notes_do_not(tmp_path):
    path = tmp_path / "evaluation.json"
    for text in ("half", '{"scores": 3}'):
        path.write_text(text)
        require_record_path(path, SCORES, is_named=False)
    path.write_text('{"my": "notes"}')
    with pytest.raises(FileExistsError, match="holds something else"):
        require_record_path(path, SCORES, is_named=False)
