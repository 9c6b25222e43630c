import itertools
import shutil

import numpy as np
import pytest
from official_cars import mat_bytes, write_archive, write_folder

from keras_bvae.datasets.official.cars3d import Cars3D

NAMES = ["car_001_mesh", "car_002_mesh"]
FILES = ["list.txt", "car_002_mesh.mat", "car_001_mesh.mat"]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("official")
    cars = write_folder(folder / "data" / "cars", NAMES)
    write_archive(folder / "nips2015-analogy-data.tar.gz", cars, FILES)
    return folder


@pytest.mark.parametrize(
    "place", ["data/cars", "data", ".", "nips2015-analogy-data.tar.gz"]
)
def test_every_image_has_its_factors(written, place):
    dataset = Cars3D(written / place)
    assert dataset.image_shape == (64, 64, 3)
    assert dataset.factor_names == ("elevation", "azimuth", "object")
    assert dataset.factor_sizes == (4, 24, 2)
    assert dataset.is_complete_grid
    factors = np.array(list(itertools.product(range(4), range(24), range(2))))
    expected = factors[:, ::-1] * [10, 1, 1]
    few = dataset.images(factors[[5, 100, 191]])
    np.testing.assert_array_equal(few[:, 63, 0], expected[[5, 100, 191]])
    dataset.prepare()
    images = dataset.images(factors)
    # Away from the edge in the middle, scaling changes no plain colour.
    np.testing.assert_array_equal(images[:, 63, 0], expected)
    np.testing.assert_array_equal(images[:, 0, 63], expected + 100)
    np.testing.assert_array_equal(images[[5, 100, 191]], few)


def test_images_come_at_other_sizes(written):
    dataset = Cars3D(written, image_size=128)
    image = dataset.images([[2, 20, 1]])[0]
    assert image.shape == (128, 128, 3)
    np.testing.assert_array_equal(image[64], np.broadcast_to([10, 20, 2], (128, 3)))
    assert Cars3D(written).cache_file != dataset.cache_file
    with pytest.raises(ValueError, match="`image_size` of cars3d must be"):
        Cars3D(written, image_size=1)


def test_missing_file_says_where_to_get_it(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"Get nips2015-analogy-data\.tar\.gz \(md5 4e866a79"
    ):
        Cars3D(tmp_path / "nowhere")


def test_folder_without_cars_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"nor data/cars in it holds list\.txt\. Get"):
        Cars3D(tmp_path)


def test_car_from_other_sides_is_refused(tmp_path):
    content = mat_bytes({"im": np.zeros((8, 8, 3, 24, 3), np.uint8)})
    dataset = Cars3D(write_folder(tmp_path / "cars", NAMES, content=content))
    with pytest.raises(ValueError, match="3 elevations and 24 azimuths, not 4 and 24"):
        dataset.images_at([0])


def test_damaged_car_is_named(written, tmp_path):
    shutil.copytree(written / "data", tmp_path / "data")
    path = tmp_path / "data" / "cars" / "car_002_mesh.mat"
    path.write_bytes(path.read_bytes()[:2000])
    dataset = Cars3D(tmp_path)
    with pytest.raises(ValueError, match=r"car_002_mesh\.mat is damaged .* Get nips"):
        dataset.prepare()
