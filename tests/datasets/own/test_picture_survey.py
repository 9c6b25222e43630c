import errno
import json
import os

import numpy as np
import pytest
from deep_pictures import deep_png
from PIL import Image

from keras_bvae.datasets.own import picture_survey
from keras_bvae.datasets.own.picture_options import PictureOptions
from keras_bvae.datasets.own.picture_survey import (
    survey,
    version_of_folder,
)
from keras_bvae.datasets.own.pixel_depth import Depth

GREY = np.arange(64, dtype=np.uint8).reshape(8, 8)
COLOUR = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("a.png", "1"),
        ("a.png", "L"),
        ("a.png", "LA"),
        ("a.png", "P"),
        ("a.gif", "P"),
        ("a.bmp", "P"),
        ("a.tif", "P"),
        ("a.tif", "F"),
        ("a.jpg", "L"),
    ],
)
def test_grey_is_known_by_the_header(folder, name, mode):
    image = Image.fromarray(GREY)
    if mode == "P":
        # A palette of greys; 256 colours as TIFF and BMP write them.
        image.putpalette(np.repeat(np.arange(256, dtype=np.uint8), 3).tobytes())
    else:
        image = image.convert(mode)
    image.save(folder / name)
    assert survey(folder, [name])[:2] == (False, {})


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("a.png", "P"),
        ("a.gif", "P"),
        ("a.bmp", "P"),
        ("a.tif", "P"),
        ("a.png", "RGB"),
        ("a.png", "RGBA"),
        ("a.tif", "CMYK"),
        ("a.webp", "RGB"),
    ],
)
def test_colour_is_known_by_the_header(folder, name, mode):
    Image.fromarray(COLOUR).convert(mode).save(folder / name)
    assert survey(folder, [name])[:2] == (True, {})


def test_sixteen_bits_are_grey(folder):
    Image.fromarray(GREY.astype(np.uint16) * 257).save(folder / "a.png")
    assert survey(folder, ["a.png"])[:2] == (False, {})


def test_what_cannot_be_read_is_named_with_the_reason(folder):
    Image.fromarray(COLOUR).save(folder / "good.png")
    (folder / "text.png").write_text("no picture")
    noise = np.random.default_rng(0).integers(0, 256, (99, 99), dtype=np.uint8)
    Image.fromarray(noise).save(folder / "cut.jpg")
    content = (folder / "cut.jpg").read_bytes()
    (folder / "cut.jpg").write_bytes(content[: len(content) // 2])
    os.symlink("nowhere.png", folder / "link.png")
    os.symlink("loop.png", folder / "loop.png")
    files = ["cut.jpg", "good.png", "link.png", "loop.png", "text.png"]
    unreadable = survey(folder, files).unreadable
    # Its header is whole, but it does not end as a JPEG does.
    assert "truncated" in unreadable.pop("cut.jpg")
    assert unreadable == {
        "link.png": "there is nothing behind the link",
        "loop.png": os.strerror(errno.ELOOP),
        "text.png": "no image",
    }
    found = survey(folder, files, decode=True)
    assert found.has_colour
    assert list(found.unreadable) == ["cut.jpg", "link.png", "loop.png", "text.png"]
    assert "truncated" in found.unreadable["cut.jpg"]
    assert str(folder) not in str(found.unreadable)


def test_survey_is_kept_until_a_file_changes(folder, monkeypatch):
    (folder / "a.png").write_text("no picture")
    calls = []
    first = survey(folder, ["a.png"], progress=lambda *state: calls.append(state))
    assert calls == [(1, 1)]
    monkeypatch.setattr(picture_survey, "_look_at", None)
    assert survey(folder, ["a.png"]) == first
    monkeypatch.undo()
    Image.fromarray(GREY).save(folder / "a.png")
    assert survey(folder, ["a.png"]).unreadable == {}


def test_spoilt_file_of_a_survey_is_made_anew(folder, tmp_path):
    Image.fromarray(COLOUR).save(folder / "a.png")
    survey(folder, ["a.png"])
    (kept,) = (tmp_path / "cache").iterdir()
    whole = json.loads(kept.read_text())
    spoilt = [b"", b"[]", b"{}", b"\xff", b"[" * 99_999]
    for field, value in (
        ("has_colour", 1),
        ("films", None),
        ("pages", {"a.png": [0, "1"]}),
        ("pages", {"../b.png": [0, 1]}),
        ("unreadable", {"b.png": "why"}),
        ("unreadable", ["a.png"]),
        ("ranges", [["uint16", None, None, [0]]]),
        ("oddity", 3),
    ):
        spoilt.append(json.dumps({**whole, field: value}).encode())
    for content in spoilt:
        kept.write_bytes(content)
        assert survey(folder, ["a.png"])[:2] == (True, {})


def test_version_changes_with_name_size_and_time(folder):
    for name in ("a", "b"):
        (folder / name).write_bytes(b"1")
        os.utime(folder / name, (1, 1))
    versions = {version_of_folder(folder, files) for files in (["a"], ["b"])}
    os.utime(folder / "a", (2, 2))
    versions.add(version_of_folder(folder, ["a"]))
    (folder / "a").write_bytes(b"12")
    os.utime(folder / "a", (2, 2))
    versions.add(version_of_folder(folder, ["a"]))
    assert len(versions) == 4


def test_stacks_films_and_depths_are_found(folder):
    pages = [Image.fromarray(GREY), Image.fromarray(GREY.T), Image.fromarray(COLOUR)]
    pages[0].save(folder / "s.tif", save_all=True, append_images=pages[1:])
    pages[2].save(folder / "f.gif", save_all=True, append_images=pages[:1])
    (folder / "d.png").write_bytes(deep_png(4000 + GREY[..., None].astype(int), 12))
    files = ["d.png", "f.gif", "s.tif"]
    for decode in (False, True, False):  # the last one from the cache
        found = survey(folder, files, decode)
        assert found.has_colour
        assert (found.pages, found.films) == ({"s.tif": [0, 1, 2]}, 1)
        assert found.ranges == {Depth("uint16", None, 12): (0, 4095)}
        assert (found.unreadable, found.doubt, found.oddity) == ({}, "", "")


def test_other_options_are_another_survey(folder):
    Image.fromarray(np.float32(GREY)).save(folder / "a.tif")
    assert "from 0 to 63" in survey(folder, ["a.tif"]).doubt
    options = PictureOptions((0, 63))
    assert survey(folder, ["a.tif"], options=options).doubt == ""
    small = survey(folder, ["a.tif"], options=PictureOptions(max_pixels=9))
    assert "+max-pixels=64 allows them" in small.unreadable["a.tif"]
    assert "from 0 to 63" in survey(folder, ["a.tif"]).doubt


def test_a_survey_is_not_written_through_a_link(folder, tmp_path):
    Image.fromarray(COLOUR).save(folder / "a.png")
    survey(folder, ["a.png"])
    (kept,) = (tmp_path / "cache").iterdir()
    (tmp_path / "mine").write_text("mine")
    kept.unlink()
    kept.symlink_to(tmp_path / "mine")
    survey(folder, ["a.png"])
    assert (tmp_path / "mine").read_text() == "mine"
    assert not kept.is_symlink()
