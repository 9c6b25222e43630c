import importlib.machinery
import sys
import types

import pytest

from keras_bvae.datasets.own.heic import (
    has_heic_reader,
    is_heic,
    let_pillow_read_heic,
)
from keras_bvae.datasets.own.image_file import read_image_file

BEGIN = b"\0\0\0\x18ftypheic" + bytes(99)


def test_heic_is_known_by_its_begin():
    assert is_heic(BEGIN)
    assert is_heic(b"\0\0\0\x18ftypmif1")
    assert not is_heic(b"\0\0\0\x18ftypavif")
    assert not is_heic(b"")


def test_without_the_package_it_is_named(tmp_path, monkeypatch):
    # As Python has it of a module that is not to be found.
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert not has_heic_reader()
    (tmp_path / "a.jpg").write_bytes(BEGIN)
    with pytest.raises(ModuleNotFoundError, match=r"pillow-heif.*keras-bvae\[heic\]"):
        read_image_file(tmp_path / "a.jpg", (8, 8, 3))


def test_with_the_package_pillow_is_told(monkeypatch):
    told = []
    package = types.ModuleType("pillow_heif")
    package.__spec__ = importlib.machinery.ModuleSpec("pillow_heif", None)
    package.register_heif_opener = lambda: told.append(True)
    monkeypatch.setitem(sys.modules, "pillow_heif", package)
    let_pillow_read_heic()
    assert told == [True]


def test_heic_is_read(tmp_path):
    heif = pytest.importorskip("pillow_heif")
    from PIL import Image

    heif.from_pillow(Image.new("RGB", (64, 64), "red")).save(tmp_path / "a.heic")
    image = read_image_file(tmp_path / "a.heic", (8, 8, 3))[0]
    assert abs(image[0, 0].astype(int) - [255, 0, 0]).max() < 8
