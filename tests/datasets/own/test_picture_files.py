import importlib.machinery
import os
import sys
import types

import pytest
from PIL import Image

from keras_bvae.datasets.own.picture_files import (
    find_pictures,
    natural_order,
    passed_over_in_words,
    require_pictures,
)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    return folder


def made(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_files_are_in_natural_order_without_hidden_ones(folder):
    made(folder, "cat10.png", "cat2.PNG", "cat02.png", "b/1.jpg", "B/x.gif", "a.txt")
    made(folder, ".hidden.png", ".git/x.png", "b/.y.jpg", "no", "__MACOSX/z.png")
    made(folder, "Thumbs.db", ".DS_Store", "factors.csv", "desktop.ini")
    expected = ["b/1.jpg", "B/x.gif", "cat02.png", "cat2.PNG", "cat10.png"]
    assert find_pictures(folder) == (expected, {})


def test_folder_that_cannot_be_listed_is_an_error(folder):
    with pytest.raises(OSError, match="nowhere"):
        find_pictures(folder / "nowhere")


def test_linked_folders_are_entered_each_once(folder, tmp_path):
    made(folder, "a.png", "own/b.png")
    made(tmp_path / "other", "c.png", "inner/d.png")
    (folder / "z").symlink_to(tmp_path / "other")
    (folder / "inner").symlink_to(tmp_path / "other" / "inner")
    (folder / "again").symlink_to(folder / "own")
    (tmp_path / "other" / "back").symlink_to(folder / "own")
    # What lies below the folder goes by its own name; then the first link counts.
    assert find_pictures(folder) == (
        ["a.png", "inner/d.png", "own/b.png", "z/c.png"],
        {},
    )


def test_links_in_a_circle_come_to_an_end(folder, tmp_path):
    made(folder, "deep/a.png")
    made(tmp_path, "beside.png")
    (folder / "deep" / "up").symlink_to(folder)
    (folder / "out").symlink_to(tmp_path)
    (folder / "all").symlink_to("/")
    (folder / "self").symlink_to("self")
    found = find_pictures(folder)
    assert found.files == ["deep/a.png"]
    assert found.passed_over == {"linking back to where they are": 3}


def test_what_is_passed_over_is_counted(folder):
    made(folder, "a.png", "b.HEIC", "c.heic", "d.dng", "e.eps", "notes.md")
    os.mkfifo(folder / "pipe.png")
    os.mkfifo(folder / "pipe")
    found = find_pictures(folder)
    assert found.files == ["a.png"]
    assert found.passed_over == {
        ".heic": 2,
        ".dng": 1,
        ".eps": 1,
        "special (pipe, socket or device)": 2,
    }
    words = passed_over_in_words(found.passed_over)
    assert words.startswith(
        "2 .heic, 2 special (pipe, socket or device), 1 .dng, 1 .eps"
    )
    assert "pip install 'keras-bvae[heic]'" in words


def test_the_rest_of_many_kinds_is_summed_up():
    words = passed_over_in_words({f".x{number}": 1 for number in range(9)})
    assert words.endswith(", 3 others")
    assert passed_over_in_words({}) == ""


def test_a_picture_without_an_ending_is_known_by_its_begin(folder):
    for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"):
        Image.new("L", (4, 4)).save(folder / kind, kind)
    Image.new("L", (4, 4)).save(folder / "IMG.001", "PNG")
    Image.new("L", (4, 4)).save(folder / "EPS", "EPS")
    (folder / "README").write_text("BM and no more")
    found = find_pictures(folder)
    assert sorted(found.files) == [
        "BMP",
        "GIF",
        "IMG.001",
        "JPEG",
        "PNG",
        "TIFF",
        "WEBP",
    ]


def test_heic_is_a_picture_where_it_can_be_read(folder, monkeypatch):
    made(folder, "a.heic")
    (folder / "b").write_bytes(b"\0\0\0\x18ftypheic" + bytes(9))
    assert find_pictures(folder) == ([], {".heic": 2})
    reader = types.ModuleType("pillow_heif")
    reader.__spec__ = importlib.machinery.ModuleSpec("pillow_heif", None)
    monkeypatch.setitem(sys.modules, "pillow_heif", reader)
    assert find_pictures(folder) == (["a.heic", "b"], {})


def test_odd_names_are_names(folder):
    names = [
        "a\nb.png",
        "a\x1b[31m.png",
        "a\\b.png",
        "9" * 240 + ".png",
        "é" * 99 + ".png",
    ]
    made(folder, *names)
    raw = os.path.join(os.fsencode(folder), b"\xff\xfe.png")
    with open(raw, "wb"):
        pass
    assert sorted(find_pictures(folder).files) == sorted([*names, "\udcff\udcfe.png"])


def test_a_folder_without_pictures_says_what_there_was(folder):
    made(folder, "a.heic", "b.heic")
    said = r"holds none, nor do the folders in it \(passed over 2 \.heic"
    with pytest.raises(ValueError, match=said):
        require_pictures(folder)
    with pytest.raises(NotADirectoryError, match="must be followed by a folder"):
        require_pictures(f"{folder}/{'a' * 5000}")


def test_natural_order_is_that_of_numbers():
    assert sorted(["a10", "A2", "a1"], key=natural_order) == ["a1", "A2", "a10"]
