import contextlib
import io
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from keras_bvae.datasets.own.folder_reader import UNREADABLE, FolderReader
from keras_bvae.datasets.own.image_folder import ImageFolder
from keras_bvae.datasets.own.picture_options import AS_THEY_ARE


@pytest.fixture
def reader(tmp_path):
    pages = [Image.new("L", (12, 8), 10 * number) for number in range(3)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    return FolderReader(tmp_path, (8, 8), 1, AS_THEY_ARE, {})


def test_one_page_or_all_of_them(reader):
    assert (reader.image("a.tif", 2) == 20).all()
    images = list(reader.images("a.tif", [0, 1, 2]))
    assert np.stack(images).shape == (3, 8, 8, 1)
    assert [int(image.max()) for image in images] == [0, 10, 20]


def test_a_file_that_changed_meanwhile_is_told(reader, tmp_path):
    with pytest.raises(ValueError, match="had 4 pages and has 3"):
        list(reader.images("a.tif", [0, 1, 2, 3]))
    with pytest.raises(UNREADABLE, match="no page 3"):
        reader.image("a.tif", 3)
    (tmp_path / "a.tif").unlink()
    with pytest.raises(UNREADABLE, match="exists"):
        reader.image("a.tif", 0)


def _stack(**arguments):
    noise = np.random.default_rng(0).integers(0, 256, (3, 9, 9), dtype=np.uint8)
    pages, stream = [Image.fromarray(page) for page in noise], io.BytesIO()
    pages[0].save(stream, "TIFF", save_all=True, append_images=pages[1:], **arguments)
    return stream.getvalue()


@settings(max_examples=150, derandomize=True, deadline=None, database=None)
@given(
    st.sampled_from([_stack(), _stack(compression="tiff_lzw")]),
    st.lists(st.tuples(st.integers(0, 2**16), st.binary(max_size=4)), max_size=4),
    st.booleans(),
)
def test_any_damaged_stack_is_images_or_one_sentence(content, changes, skip_corrupt):
    damaged = bytearray(content)
    for place, values in changes:
        place %= len(damaged)
        damaged[place : place + len(values)] = values
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (Path(folder) / "a.tif").write_bytes(damaged)
        Image.new("L", (9, 9), 200).save(Path(folder) / "b.png")
        # Anything but a ValueError ends the test.
        with contextlib.suppress(ValueError):
            dataset = ImageFolder(folder, 8, False, skip_corrupt, max_pixels=10**5)
            dataset.prepare()
            assert dataset.images_at([len(dataset) - 1]).mean() == 200
