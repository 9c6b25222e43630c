import os
import re
import threading
import time
import warnings

import numpy as np
import pytest

from keras_bvae.datasets.factors import FactorGrid
from keras_bvae.datasets.sprites.packed_images import (
    PackedDataset,
    load_or_render,
    unpack,
)

VERSION = "0123456789abcdef"
PACKED = np.random.default_rng(0).integers(0, 256, (20, 512), dtype=np.uint8)


def draw(progress=None):
    return PACKED.copy()


def must_not_draw(progress=None):
    raise AssertionError("the file should have been read")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "folder" / "images.npy"


@pytest.fixture
def written(path):
    load_or_render(path, draw, version=VERSION)
    return path


def read_without_drawing(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return load_or_render(path, must_not_draw, version=VERSION)


def test_unpacking_undoes_packing():
    images = np.random.default_rng(0).integers(0, 2, (7, 64, 64), dtype=np.uint8)
    unpacked = unpack(np.packbits(images.reshape(7, -1), axis=1))
    assert unpacked.dtype == np.uint8
    np.testing.assert_array_equal(unpacked, 255 * images[..., None])


def test_unpacking_reports_the_shape_that_arrived():
    with pytest.raises(ValueError, match=re.escape("received shape=(3, 64, 64)")):
        unpack(np.zeros((3, 64, 64), np.uint8))


def test_images_are_drawn_once_and_read_from_then_on(path):
    steps = []

    def draw_with_progress(progress):
        progress(20, 20)
        return draw()

    def note(*step):
        steps.append(step)

    drawn = load_or_render(path, draw_with_progress, note, version=VERSION)
    np.testing.assert_array_equal(drawn, PACKED)
    np.testing.assert_array_equal(read_without_drawing(path), PACKED)
    assert steps == [(20, 20)]


def test_images_from_a_file_cannot_be_overwritten(written):
    with pytest.raises(ValueError, match="read-only"):
        read_without_drawing(written)[0] = 0


def test_numpy_opens_the_file_too(written):
    np.testing.assert_array_equal(np.load(written, allow_pickle=False), PACKED)


def test_folder_holds_one_whole_file_and_nothing_else(written):
    assert os.listdir(written.parent) == [written.name]


def test_another_version_draws_anew_without_a_word(written):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = load_or_render(written, lambda progress: PACKED[::-1], version="f" * 16)
    np.testing.assert_array_equal(again, PACKED[::-1])
    np.testing.assert_array_equal(np.load(written), PACKED[::-1])


def flip_a_bit(contents):
    contents[3000] ^= 1
    return contents


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (flip_a_bit, "its checksum is wrong"),
        (lambda contents: contents[:-1000], "it does not end as such a file must"),
        (lambda contents: b"", "it is cut off after 0 bytes"),
        (lambda contents: b"<html>" * 1000, "it does not end as such a file must"),
    ],
    ids=["flipped bit", "truncated", "empty", "foreign"],
)
def test_damaged_file_is_reported_and_replaced(written, damage, reason):
    written.write_bytes(damage(bytearray(written.read_bytes())))
    with pytest.warns(
        RuntimeWarning, match=re.escape(f"{written} cannot be used")
    ) as w:
        images = load_or_render(written, draw, version=VERSION)
    assert reason in str(w[0].message)
    np.testing.assert_array_equal(images, PACKED)
    np.testing.assert_array_equal(read_without_drawing(written), PACKED)


def test_images_stay_in_memory_where_no_file_can_be_written(tmp_path):
    (tmp_path / "folder").write_text("a file where the folder should be")
    path = tmp_path / "folder" / "images.npy"
    with pytest.warns(RuntimeWarning) as warned:
        images = load_or_render(path, draw, version=VERSION)
    np.testing.assert_array_equal(images, PACKED)
    assert len(warned) == 1
    assert "set KERAS_BVAE_CACHE to a folder" in str(warned[0].message)


def test_an_interrupted_write_leaves_nothing_behind(path, monkeypatch):
    def interrupt(descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        load_or_render(path, draw, version=VERSION)
    assert os.listdir(path.parent) == []


def test_drawing_at_once_leaves_one_whole_file(path):
    at_once = threading.Barrier(6)

    def draw_together(progress):
        at_once.wait(timeout=10)
        return draw()

    threads = [
        threading.Thread(
            target=load_or_render, args=(path, draw_together, None, VERSION)
        )
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert os.listdir(path.parent) == [path.name]
    np.testing.assert_array_equal(read_without_drawing(path), PACKED)


class SlowlyRead(PackedDataset):
    """One image for each bit of a byte: image i is 2**i in its corner."""

    def __init__(self):
        super().__init__("slow", FactorGrid(("bit",), (8,)))
        self.reads = 0

    def _read_packed(self, progress):
        self.reads += 1
        time.sleep(0.05)
        packed = np.zeros((8, 512), np.uint8)
        packed[:, 0] = 2 ** np.arange(8)
        return packed


def test_bits_become_pixels_from_left_to_right():
    images = SlowlyRead().images_at([7, 0, 3])
    corners = images[:, 0, :8, 0]
    assert corners.tolist() == [
        [255, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 255],
        [0, 0, 0, 0, 255, 0, 0, 0],
    ]
    assert images.shape == (3, 64, 64, 1)
    assert images.sum() == 3 * 255


def test_threads_that_ask_at_once_read_once():
    dataset = SlowlyRead()
    threads = [threading.Thread(target=dataset.images_at, args=([0],)) for _ in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert dataset.reads == 1
