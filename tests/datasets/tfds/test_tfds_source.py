import numpy as np
import pytest
import requests
import tensorflow_datasets as tfds
from official_dsprites_files import (
    SMALL_SIZES,
    random_images,
    small_classes,
    write_hdf5,
)

from keras_bvae.datasets import load
from keras_bvae.datasets.tfds import tfds_source

IMAGES = random_images(48)
CLASSES = small_classes()


@pytest.fixture
def rows():
    """Which rows of the small grid the official file holds; a test may override it."""
    return np.arange(48)


@pytest.fixture
def official_download(tmp_path, monkeypatch, rows):
    """TFDS downloads a small file in the official format, into an empty folder."""
    path = write_hdf5(tmp_path / "small.hdf5", IMAGES[rows], CLASSES[rows])
    downloads = []

    def download(self, url):
        downloads.append(url)
        return str(path)

    monkeypatch.setattr(tfds.download.DownloadManager, "download", download)
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
    return downloads


@pytest.mark.parametrize("file_format", ["tfrecord", "array_record"])
def test_build_is_read_in_the_official_order(official_download, tmp_path, file_format):
    builder = tfds.builder(
        "dsprites", data_dir=tmp_path / "tfds", file_format=file_format
    )
    builder.download_and_prepare()
    dataset = load("tfds:dsprites")
    assert dataset.factor_sizes == SMALL_SIZES
    assert dataset.is_complete_grid
    np.testing.assert_array_equal(
        dataset.images_at(np.arange(48))[..., 0], IMAGES * 255
    )
    np.testing.assert_array_equal(dataset.factors_at(np.arange(48)), CLASSES[:, 1:])
    assert len(official_download) == 1


@pytest.mark.parametrize("rows", [np.arange(0, 48, 5)])
def test_missing_build_is_made_first(official_download):
    dataset = load("tfds:dsprites")
    assert len(official_download) == 1
    assert "dsprites-dataset" in official_download[0]
    # Part of the grid: images by the combinations that exist.
    assert not dataset.is_complete_grid
    np.testing.assert_array_equal(
        dataset.images(CLASSES[[15, 40], 1:])[..., 0], IMAGES[[15, 40]] * 255
    )


def test_damaged_build_is_refused(official_download, tmp_path):
    load("tfds:dsprites")
    (records,) = (tmp_path / "tfds").glob("dsprites/*/*.tfrecord*")
    records.write_bytes(records.read_bytes()[:-100])
    with pytest.raises(ValueError, match=r"must be whole; received .* Delete that"):
        load("tfds:dsprites")


def test_full_build_is_kept_in_the_cache(official_download, tmp_path, monkeypatch):
    # As if these 48 images were the full set.
    monkeypatch.setattr(tfds_source, "FACTOR_SIZES", SMALL_SIZES)
    load("tfds:dsprites").prepare()
    monkeypatch.setattr(tfds_source, "records", None)
    dataset = load("tfds:dsprites")
    np.testing.assert_array_equal(
        dataset.images_at(np.arange(48))[..., 0], IMAGES * 255
    )


def test_full_build_with_a_repeated_row_is_refused(official_download, monkeypatch):
    # As if 48 images were the full set, of other factors than these.
    monkeypatch.setattr(tfds_source, "FACTOR_SIZES", (3, 4, 1, 2, 2))
    dataset = load("tfds:dsprites")
    with pytest.raises(ValueError, match="must hold each combination of factors once"):
        dataset.prepare()


def test_without_network_or_build_it_says_what_to_run(tmp_path, monkeypatch):
    def unreachable(self, method, url, **options):
        raise ConnectionError("no route\nsecond line")

    monkeypatch.setattr(requests.Session, "request", unreachable)
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    with pytest.raises(OSError, match="run `tfds build dsprites`") as raised:
        load("tfds:dsprites")
    assert "(ConnectionError: no route)" in str(raised.value)
    assert str(tmp_path) in str(raised.value)
