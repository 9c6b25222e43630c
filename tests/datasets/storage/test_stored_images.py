import os

import numpy as np
import pytest

from keras_bvae.datasets.storage import stored_images
from keras_bvae.datasets.storage.stored_images import StoredImages, version_of_files

COUNT = 700


@pytest.fixture
def cache(tmp_path):
    """Where conftest.py puts the cache folder of each test."""
    return tmp_path / "cache"


def numbered(indices):
    """Images of 2 x 2 pixels that spell their number in two bytes."""
    images = np.zeros((len(indices), 2, 2, 1), np.uint8)
    images[:, 0, 0, 0], images[:, 0, 1, 0] = np.divmod(indices, 256)
    return images


class Numbered(StoredImages):
    def __init__(self, path, reads_few=True):
        super().__init__(
            f"numbered:{path}", (2, 2, 1), count=COUNT, description="", source=path
        )
        self.times_read = 0
        self.few = []
        self._reads_few = reads_few

    def _read_images(self):
        self.times_read += 1
        for start in range(0, COUNT, 300):
            yield numbered(np.arange(start, min(start + 300, COUNT)))

    def _read_few(self, indices):
        self.few.append(indices.tolist())
        return numbered(indices) if self._reads_few else None


@pytest.fixture
def source(tmp_path):
    (tmp_path / "source").write_bytes(b"first")
    return tmp_path / "source"


def test_a_few_images_do_not_decode_all(source, cache):
    dataset = Numbered(source)
    np.testing.assert_array_equal(dataset.images_at([699, 3]), numbered([699, 3]))
    assert (dataset.times_read, dataset.few) == (0, [[699, 3]])
    assert not cache.exists()


def test_many_images_are_decoded_once(source, cache):
    dataset = Numbered(source)
    indices = np.array([5, 699, 5, 0])
    for _ in range(200):
        np.testing.assert_array_equal(dataset.images_at(indices), numbered(indices))
    assert dataset.times_read == 1
    assert len(dataset.few) == stored_images.FEW_IMAGES // 4
    assert [file.name for file in cache.iterdir()] == [dataset.cache_file.name]


def test_where_few_cannot_be_read_all_are_decoded(source):
    dataset = Numbered(source, reads_few=False)
    np.testing.assert_array_equal(dataset.images_at([300]), numbered([300]))
    assert dataset.times_read == 1


def test_file_of_before_is_used_at_once(source):
    Numbered(source).prepare()
    again = Numbered(source)
    np.testing.assert_array_equal(again.images_at([300]), numbered([300]))
    again.prepare()
    assert (again.times_read, again.few) == (0, [])


def test_changed_source_is_decoded_anew(source):
    Numbered(source).prepare()
    source.write_bytes(b"second")
    changed = Numbered(source)
    changed.prepare()
    assert changed.times_read == 1
    # It takes the place of the old one.
    assert len(list(changed.cache_file.parent.iterdir())) == 1


def test_sources_of_one_name_in_two_folders_have_files_of_their_own(
    tmp_path, monkeypatch
):
    files = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "source").write_bytes(b"")
        monkeypatch.chdir(tmp_path / folder)
        files.append(Numbered("source").cache_file)
    assert files[0] != files[1]


def test_progress_ends_at_the_number_of_images(source):
    calls = []
    dataset = Numbered(source)
    dataset.prepare(lambda done, total: calls.append((done, total)))
    assert calls == [(300, 700), (600, 700), (700, 700)]
    dataset.prepare(lambda done, total: calls.append("decoded twice"))
    assert "decoded twice" not in calls


def test_small_sets_are_handed_out_whole_and_large_ones_are_not(source, monkeypatch):
    dataset = Numbered(source)
    assert dataset.stored_images(8) is None  # not worth decoding all
    np.testing.assert_array_equal(
        dataset.stored_images(10_000), numbered(np.arange(COUNT))
    )
    assert dataset.stored_images(8) is not None
    monkeypatch.setattr(stored_images, "MOST_BYTES_IN_MEMORY", COUNT * 4 - 1)
    assert dataset.stored_images(10_000) is None


def test_images_mapped_where_they_lie_need_no_file(source, cache):
    class Mapped(Numbered):
        def _mapped_source(self):
            return numbered(np.arange(COUNT))

    dataset = Mapped(source)
    dataset.prepare()
    np.testing.assert_array_equal(dataset.images_at([300]), numbered([300]))
    assert (dataset.times_read, dataset.few, cache.exists()) == (0, [], False)


def test_version_of_files_knows_names_sizes_and_times(tmp_path):
    file = tmp_path / "a"
    file.write_bytes(b"12345")
    os.utime(file, ns=(0, 7))
    assert version_of_files([file]) == "[('a', 5, 7)]"
