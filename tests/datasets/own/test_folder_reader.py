import numpy as np
import pytest
from PIL import Image

from keras_bvae.datasets.own.folder_reader import UNREADABLE, FolderReader
from keras_bvae.datasets.own.picture_options import AS_THEY_ARE


@pytest.fixture
def reader(tmp_path):
    pages = [Image.new("L", (12, 8), 10 * number) for number in range(3)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    return FolderReader(tmp_path, 8, 1, AS_THEY_ARE, {})


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
