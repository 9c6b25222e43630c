import numpy as np
import pytest
import tensorflow_datasets as tfds

from keras_bvae.datasets.tfds import tfds_build
from keras_bvae.datasets.tfds.tfds_build import (
    few_records,
    prepared_builder,
    records,
    version_of_build,
)


class TinyNumbers(tfds.core.GeneratorBasedBuilder):
    """Numbered records in two splits, the first in several files."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        features = {
            "image": tfds.features.Image(shape=(2, 2, 1)),
            "in": {"n": np.int64},
        }
        return tfds.core.DatasetInfo(
            builder=self, features=tfds.features.FeaturesDict(features)
        )

    def _split_generators(self, manager):
        return {
            "train": self._generate_examples(0, 7),
            "test": self._generate_examples(7, 10),
        }

    def _generate_examples(self, start, stop):
        for number in range(start, stop):
            picture = np.full((2, 2, 1), number, np.uint8)
            yield number, {"image": picture, "in": {"n": number}}


@pytest.fixture(autouse=True)
def without_network(monkeypatch):
    monkeypatch.setattr(tfds_build, "_require_network", lambda: None)


@pytest.fixture(params=["tfrecord", "array_record"])
def builder(request, tmp_path):
    builder = tfds.builder("tiny_numbers", data_dir=tmp_path, file_format=request.param)
    builder.download_and_prepare(
        download_config=tfds.download.DownloadConfig(num_shards=3)
    )
    return builder


PATHS = [("in", "n"), ("image",)]


def test_records_come_split_after_split_in_a_fixed_order(builder):
    chunks = list(records(builder, ("train", "test"), PATHS, 4))
    assert [len(numbers) for numbers, _ in chunks] == [4, 3, 3]
    numbers, images = (np.concatenate(column) for column in zip(*chunks, strict=True))
    assert sorted(numbers[:7]) == list(range(7))
    assert sorted(numbers[7:]) == [7, 8, 9]
    np.testing.assert_array_equal(images[:, 0, 0, 0], numbers)
    again = np.concatenate(
        [n for n, _ in records(builder, ("train", "test"), PATHS, 2)]
    )
    np.testing.assert_array_equal(again, numbers)


def test_single_records_are_those_of_the_whole(builder):
    every = [n for n, _ in records(builder, ("test", "train"), PATHS, 1)]
    wanted = [9, 0, 3, 2, 0]
    found = few_records(builder, ("test", "train"), PATHS, np.array(wanted))
    assert [int(n[0]) for n, _ in found] == [int(every[row][0]) for row in wanted]
    assert all(image.shape == (1, 2, 2, 1) for _, image in found)


def test_version_is_of_the_build(builder, tmp_path):
    version = version_of_build(builder)
    assert len(version) == 16
    description = builder.data_path / "dataset_info.json"
    description.write_text(description.read_text() + " ")
    assert version_of_build(builder) != version


def test_missing_build_is_made(tmp_path, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "by_variable"))
    assert prepared_builder("tiny_numbers").is_prepared()
    assert (tmp_path / "by_variable" / "tiny_numbers").is_dir()
    prepared_builder("tiny_numbers", tmp_path / "by_argument")
    assert (tmp_path / "by_argument" / "tiny_numbers").is_dir()


def test_missing_build_without_network_says_what_to_run(tmp_path, monkeypatch):
    def unreachable():
        raise ConnectionError("no route\nsecond line")

    monkeypatch.setattr(tfds_build, "_require_network", unreachable)
    with pytest.raises(OSError, match="run `tfds build celeb_a`") as raised:
        prepared_builder("celeb_a", tmp_path)
    assert "(ConnectionError: no route)" in str(raised.value)
    assert str(tmp_path) in str(raised.value)


def test_a_long_reason_is_cut_between_words(tmp_path, monkeypatch):
    def unreachable():
        raise ConnectionError("retries exceeded " * 20)

    monkeypatch.setattr(tfds_build, "_require_network", unreachable)
    with pytest.raises(OSError, match=r"\(ConnectionError: .* …\)") as raised:
        prepared_builder("celeb_a", tmp_path)
    assert str(raised.value).count("retries exceeded") == 9  # 160 letters


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("celeba", r"Did you mean tfds:celeb_a\?"),
        ("mnist/nothing", "BuilderConfig nothing not found"),
        ("mnist:9.9.9", "cannot be loaded at version 9.9.9"),
        ("../x", "See tfds.list_builders"),
        ("", "See tfds.list_builders"),
    ],
)
def test_name_that_tfds_does_not_know_is_refused(tmp_path, name, advice):
    with pytest.raises(ValueError, match="that TensorFlow Datasets knows") as raised:
        prepared_builder(name, tmp_path)
    assert raised.match(advice)
    assert "\n" not in str(raised.value)
