import gzip
import tarfile

import numpy as np
import pytest
from official_cars import car, mat_bytes, write_archive, write_folder

from keras_bvae.datasets.official.matlab_cars import CarArchive, CarFolder
from keras_bvae.errors import InvalidValue

NAMES = ["car_002_mesh", "car_001_mesh"]


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path / "cars", NAMES)


def test_axes_come_as_elevation_azimuth_row_column_channel(folder):
    images = CarFolder(folder).car("car_001_mesh")
    assert images.shape == (4, 24, 128, 128, 3)
    np.testing.assert_array_equal(images[3, 17, 127, 0], [10, 17, 3])
    np.testing.assert_array_equal(images[3, 17, 0, 127], [110, 117, 103])


def test_cars_come_in_the_order_of_the_list(folder):
    cars = CarFolder(folder)
    assert cars.names == NAMES
    assert [images[0, 0, 127, 0, 0] for images in cars.cars()] == [0, 10]
    assert {file.name for file in cars.files} == {
        "list.txt",
        "car_001_mesh.mat",
        "car_002_mesh.mat",
    }


@pytest.mark.parametrize(
    "order",
    [
        ["list.txt", "car_002_mesh.mat", "car_001_mesh.mat"],
        ["car_001_mesh.mat", "car_002_mesh.mat", "list.txt"],
    ],
)
def test_archive_in_any_order_gives_the_order_of_the_list(tmp_path, folder, order):
    cars = CarArchive(write_archive(tmp_path / "a.tar.gz", folder, order))
    assert cars.names == NAMES
    assert [images[0, 0, 127, 0, 0] for images in cars.cars()] == [0, 10]


def test_file_that_the_list_names_must_be_there(tmp_path, folder):
    (folder / "car_001_mesh.mat").unlink()
    with pytest.raises(ValueError, match=r"list\.txt names car_001_mesh\.mat, not th"):
        CarFolder(folder)
    order = ["list.txt", "car_002_mesh.mat"]
    with pytest.raises(ValueError, match=r"list\.txt names car_001_mesh\.mat, not th"):
        CarArchive(write_archive(tmp_path / "a.tar.gz", folder, order))


def test_empty_list_is_refused(folder):
    (folder / "list.txt").write_text("\n")
    with pytest.raises(ValueError, match=r"its list\.txt names no car"):
        CarFolder(folder)


def test_archive_without_a_list_is_refused(tmp_path, folder):
    path = write_archive(tmp_path / "a.tar.gz", folder, ["car_001_mesh.mat"])
    with pytest.raises(ValueError, match=r"holds no data/cars/list\.txt"):
        CarArchive(path)


def test_truncated_and_foreign_archives_are_refused(tmp_path, folder):
    order = ["list.txt", "car_001_mesh.mat", "car_002_mesh.mat"]
    path = write_archive(tmp_path / "a.tar.gz", folder, order)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match=r"it is no \.tar\.gz archive, or is cut"):
        CarArchive(path)
    path.write_bytes(b"no archive")
    with pytest.raises(ValueError, match=r"it is no \.tar\.gz archive, or is cut"):
        CarArchive(path)


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/secret", "a/b", "..", "C:\\secret", "\\\\host\\a"]
)
def test_a_list_names_files_of_its_own_folder(tmp_path, folder, name):
    (tmp_path / "secret.mat").write_bytes(mat_bytes({"im": car(1)}))
    (folder / "list.txt").write_text(f"car_001_mesh\n{name}\n")
    with pytest.raises(InvalidValue, match="which is no file there"):
        CarFolder(folder)
    order = ["list.txt", "car_001_mesh.mat"]
    with pytest.raises(InvalidValue, match="which is no file there"):
        CarArchive(write_archive(tmp_path / "a.tar.gz", folder, order))


def test_a_list_names_each_car_once_and_has_an_end(folder):
    (folder / "list.txt").write_text("car_001_mesh\n" * 2)
    with pytest.raises(InvalidValue, match="names car_001_mesh twice"):
        CarFolder(folder)
    (folder / "list.txt").write_bytes(b"x" * (2**20 + 1))
    with pytest.raises(InvalidValue, match="A list of cars may have 1,048,576 bytes"):
        CarFolder(folder)


def test_a_bomb_in_an_archive_is_not_unpacked(tmp_path):
    header = tarfile.TarInfo("data/cars/list.txt")
    header.size = 2**40
    # One that is claimed; and a header of a header, which tarfile reads as a whole.
    claimed = header.tobuf(tarfile.GNU_FORMAT)
    header.type = tarfile.GNUTYPE_LONGNAME
    for content in (claimed, header.tobuf(tarfile.GNU_FORMAT)):
        (tmp_path / "a.tar.gz").write_bytes(gzip.compress(content + bytes(10**6)))
        with pytest.raises(InvalidValue, match=r"1,099,511,\d+[ ,]"):
            CarArchive(tmp_path / "a.tar.gz")
