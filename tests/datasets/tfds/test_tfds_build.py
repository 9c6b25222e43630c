import shutil

import keras
import numpy as np
import pytest
import requests
import tensorflow_datasets as tfds

from keras_bvae.datasets.tfds import tfds_build
from keras_bvae.datasets.tfds.tfds_build import (
    few_records,
    find_builder,
    prepared_builder,
    records,
    version_of_build,
)
from keras_bvae.errors import InvalidValue


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


class TinyDownload(TinyNumbers):
    """As many records as the file that it gets has bytes, from where `SOURCE` says."""

    SOURCE = "https://example.invalid/three.bin"

    def _split_generators(self, manager):
        (count,) = manager.download([self.SOURCE])
        return {"train": self._generate_examples(0, len(count.read_bytes()))}


@pytest.fixture(autouse=True)
def asked(monkeypatch):
    """No test has a network; what they ask it for."""
    asked = []

    def unreachable(self, method, url, **options):
        asked.append((method, url))
        raise ConnectionError("no route " * 40 + "\nsecond line")

    monkeypatch.setattr(requests.Session, "request", unreachable)
    return asked


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


def test_missing_build_without_network_says_what_to_run(tmp_path, asked):
    with pytest.raises(OSError, match="run `tfds build tiny_download`") as raised:
        prepared_builder("tiny_download", tmp_path)
    # Once, and the server that is needed: no other tells whether that one answers.
    assert asked == [("head", "https://example.invalid")]
    assert str(tmp_path) in str(raised.value)
    # 160 letters of the first line, cut between words.
    assert raised.match(r"\(ConnectionError: no route .* …\)")
    assert str(raised.value).count("no route") == 17


def test_a_build_from_files_that_are_there_needs_no_network(tmp_path, monkeypatch):
    source = tmp_path / "three.bin"
    source.write_bytes(b"abc")
    monkeypatch.setattr(TinyDownload, "SOURCE", str(source))
    folder = tmp_path / "tfds"
    prepared_builder("tiny_download", folder)
    # Now from what was downloaded before.
    source.unlink()
    shutil.rmtree(folder / "tiny_download")
    builder = prepared_builder("tiny_download", folder)
    assert builder.info.splits["train"].num_examples == 3


def test_tensorflow_leaves_the_gpu_to_the_backend(tmp_path, monkeypatch):
    import tensorflow as tf  # as saving has done before

    hidden = []
    monkeypatch.setattr(tf.config, "set_visible_devices", lambda *a: hidden.append(a))
    find_builder("tiny_numbers", tmp_path)
    monkeypatch.setattr(tfds_build, "BACKEND", "tensorflow")
    expected = [] if keras.backend.backend() == "tensorflow" else [([], "GPU")]
    assert hidden == expected
    find_builder("tiny_numbers", tmp_path)
    assert hidden == expected
    monkeypatch.setattr(tfds_build, "BACKEND", "another")
    find_builder("tiny_numbers", tmp_path)
    assert hidden == [*expected, ([], "GPU")]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"7"', '"700000000000"', r"train has 700,000,000,000 records in \d+ bytes"),
        ('"7"', '"-7"', "train has"),
        ("{DATASET}-{SPLIT}", "../../{DATASET}-{SPLIT}", "has its file outside of it"),
        ("{DATASET}-{SPLIT}", "/etc/{DATASET}-{SPLIT}", "has its file outside of it"),
        ("{", "[" * 100_000, "knows"),
    ],
)
def test_a_description_that_says_what_cannot_be_is_refused(tmp_path, old, new, problem):
    builder = prepared_builder("tiny_numbers", tmp_path)
    description = builder.data_path / "dataset_info.json"
    text = description.read_text()
    assert old in text
    description.write_text(text.replace(old, new, 1))
    with pytest.raises(InvalidValue, match=problem) as raised:
        prepared_builder("tiny_numbers", tmp_path)
    assert len(str(raised.value)) < 900


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("celeba", r"Did you mean tfds:celeb_a\?"),
        ("mnist/nothing", "BuilderConfig nothing not found"),
        ("mnist:9.9.9", "cannot be loaded at version 9.9.9"),
        ("../x", "See tfds.list_builders"),
        ("mnist/../../x", "See tfds.list_builders"),
        ("x" * 5000, "See tfds.list_builders"),
        ("9" * 5000 + ":1.0.0", "See tfds.list_builders"),
        ("nowhere:mnist", "See tfds.list_builders"),
        ("mnist/\x00", "TensorFlow Datasets knows"),
        ("", "See tfds.list_builders"),
    ],
)
def test_name_that_tfds_does_not_know_is_refused(tmp_path, name, advice):
    with pytest.raises(
        ValueError, match="`tfds:` must be followed by a name"
    ) as raised:
        prepared_builder(name, tmp_path)
    assert raised.match(advice)
    assert "\n" not in str(raised.value)
