"""Files that others may have made: their kind and size before their contents."""

import math
import os

import numpy as np
import pytest

from keras_bvae.errors import InvalidValue, IsAFolder, MissingFile, Unusable
from keras_bvae.files.json_file import json_text, parse_json, read_json, write_json
from keras_bvae.files.reading import (
    open_file,
    read_bytes,
    read_text,
    require_regular_file,
)

pytestmark = pytest.mark.across_backends


@pytest.mark.parametrize("read", [require_regular_file, read_json])
def test_a_pipe_is_not_waited_for(tmp_path, read):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Unusable, match="a pipe"):
        read(tmp_path / "pipe")
    with pytest.raises(Unusable, match="a pipe"), open_file(tmp_path / "pipe"):
        pass


def test_devices_folders_and_nothing_are_told_apart(tmp_path):
    with pytest.raises(Unusable, match="a device"):
        read_bytes("/dev/zero", 10)
    with pytest.raises(IsAFolder, match="is a folder"):
        read_bytes(tmp_path, 10)
    with pytest.raises(MissingFile, match="does not"):
        require_regular_file(tmp_path / "none")
    for name in ("a\0b", "n" * 5000):
        with pytest.raises(Unusable):
            require_regular_file(tmp_path / name)
    (tmp_path / "round").symlink_to("round")
    with pytest.raises(Unusable):
        require_regular_file(tmp_path / "round")


def test_a_link_to_a_file_is_a_file(tmp_path):
    (tmp_path / "file").write_bytes(b"abc")
    (tmp_path / "link").symlink_to("file")
    assert require_regular_file(tmp_path / "link") == 3
    assert read_bytes(tmp_path / "link", 3) == b"abc"


def test_sizes_are_looked_at_before_reading(tmp_path):
    with open(tmp_path / "huge", "wb") as file:
        file.truncate(2**40)
    with pytest.raises(InvalidValue, match=r"has 1,099,511,627,776"):
        read_bytes(tmp_path / "huge", 100)


def test_text_is_utf8_with_or_without_its_mark(tmp_path):
    (tmp_path / "marked").write_bytes(b"\xef\xbb\xbfa")
    (tmp_path / "latin").write_bytes(b"ab\xe9")
    assert read_text(tmp_path / "marked", 9) == "a"
    with pytest.raises(InvalidValue, match="byte 2 is 0xe9"):
        read_text(tmp_path / "latin", 9)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a": NaN}',
        "[1e999]",
        "[-Infinity]",
        "9" * 5000,
        "{",
        "",
        b"\xff",
    ],
)
def test_what_is_no_json_is_one_sentence(text):
    with pytest.raises(InvalidValue, match="The record must be JSON; it is not"):
        parse_json(text, "it", "The record")


def test_json_is_written_without_nan(tmp_path):
    value = {1: np.float32(math.nan), "b": (np.arange(2), math.inf), "é": None}
    write_json(tmp_path / "a.json", value)
    assert read_json(tmp_path / "a.json") == {"1": None, "b": [[0, 1], None], "é": None}
    assert "é" in json_text(value)
