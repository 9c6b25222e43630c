import itertools

import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image
from small_tfds_builds import (
    CELEBA_ATTRIBUTES,
    without_network,
    write_3dshapes,
    write_celeba,
    write_norb_matrix,
)

from keras_bvae.datasets.official.smallnorb import SmallNORB
from keras_bvae.datasets.tfds import tfds_images
from keras_bvae.datasets.tfds.tfds_images import TFDSImages


class TinyPictures(tfds.core.GeneratorBasedBuilder):
    """Pictures of different sizes, transparent, in a feature of another name."""

    VERSION = tfds.core.Version("1.0.0")
    COUNT = 5

    def _info(self):
        features = {
            "label": tfds.features.ClassLabel(names=["cat", "dog", "owl"]),
            "number": np.int64,
            "always": np.int64,
            "mass": np.float32,
            "photo": tfds.features.Image(shape=(None, None, 4)),
        }
        return tfds.core.DatasetInfo(
            builder=self, features=tfds.features.FeaturesDict(features)
        )

    def _split_generators(self, manager):
        return {"b": self._generate_examples(0), "a": self._generate_examples(1)}

    def _generate_examples(self, part):
        for row in range(self.COUNT):
            picture = np.full((10 + row, 20, 4), [200, 200, 200, 255], np.uint8)
            picture[:, :10, 3] = 0  # the left half is transparent
            yield (
                f"{part}{row}",
                {
                    "label": -1 if part else row % 2 * 2,
                    "number": 100 * row,
                    "always": 7,
                    "mass": row / 2,
                    "photo": picture,
                },
            )


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
    without_network(monkeypatch, lambda urls: urls)


def random_images(*shape):
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


@pytest.fixture
def shapes3d(tmp_path, monkeypatch):
    """A grid of 2 floors, 3 walls and 2 orientations; the physical values vary."""
    grid = np.array(list(itertools.product([0], [0, 1], [0], [0, 1, 2], [0, 1], [0])))
    grid = grid[:, [1, 3, 0, 2, 5, 4]]
    values = grid * [0.1, 0.1, 0.1, 0.07, 1.0, 4.3] - [0, 0, 0, 0, 0, 30.0]
    images = random_images(12, 64, 64, 3)
    path = write_3dshapes(tmp_path / "3dshapes.h5", images, values)
    without_network(monkeypatch, lambda url: str(path))
    return images, grid


@pytest.mark.parametrize("file_format", ["tfrecord", "array_record"])
def test_shapes3d_has_the_official_factors(shapes3d, tmp_path, file_format):
    builder = tfds.builder(
        "shapes3d", data_dir=tmp_path / "tfds", file_format=file_format
    )
    builder.download_and_prepare()
    images, grid = shapes3d
    dataset = TFDSImages("tfds:shapes3d")
    assert dataset.name == "tfds:shapes3d"
    assert dataset.image_shape == (64, 64, 3)
    # What never changes in this small grid is no factor.
    assert dataset.factor_names == ("floor_hue", "wall_hue", "orientation")
    assert dataset.factor_sizes == (2, 3, 2)
    assert dataset.is_complete_grid
    factors = grid[:, [0, 1, 5]]
    np.testing.assert_array_equal(dataset.images(factors), images)
    few = dataset.images_at([11, 0, 3])
    dataset.prepare()
    np.testing.assert_array_equal(dataset.images_at([11, 0, 3]), few)
    np.testing.assert_array_equal(dataset.images(factors), images)


def test_labels_are_read_once(shapes3d, monkeypatch):
    sizes = TFDSImages("shapes3d").factor_sizes
    monkeypatch.setattr(tfds_images, "records", None)
    assert TFDSImages("shapes3d").factor_sizes == sizes


@pytest.fixture
def smallnorb(tmp_path, monkeypatch):
    """Instances 0 and 1 to test, 2 and 3 to train, of two categories, two azimuths."""
    images, labels, paths = {}, {}, {}
    for part, instances in (("training", (2, 3)), ("testing", (0, 1))):
        rows = np.array(list(itertools.product((0, 1), instances, (0,), (0, 2), (0,))))
        images[part] = random_images(8, 2, 96, 96) ^ (part == "testing")
        labels[part] = rows // [1, 1, 1, 2, 1]
        for kind, array in (
            ("dat", images[part]),
            ("cat", rows[:, 0].astype(np.int32)),
            ("info", rows[:, 1:].astype(np.int32)),
        ):
            file = tmp_path / f"{part}-{kind}.mat"
            paths[f"{part}_{kind}"] = str(write_norb_matrix(file, array))
    without_network(monkeypatch, lambda urls: {key: paths[key] for key in urls})
    return images, labels


def test_both_parts_of_smallnorb_are_one_grid(smallnorb):
    images, labels = smallnorb
    dataset = TFDSImages("smallnorb")
    assert dataset.published_factors == SmallNORB.published_factors
    assert len(dataset) == 16
    assert dataset.splits == ("train", "test")
    assert dataset.image_shape == (96, 96, 1)
    assert dataset.factor_names == ("category", "instance", "azimuth")
    assert dataset.is_complete_grid
    for part in images:
        served = dataset.images(labels[part][:, [0, 1, 3]])
        np.testing.assert_array_equal(served[..., 0], images[part][:, 0])
    # The train part comes first; single records of the second are found as well.
    np.testing.assert_array_equal(
        np.unique(dataset.factors_at(np.arange(8))[:, 1]), [2, 3]
    )
    last = dataset.factors_at([15])
    np.testing.assert_array_equal(dataset.images_at([15]), dataset.images(last))


def test_one_part_of_smallnorb_can_be_asked_for(smallnorb):
    dataset = TFDSImages("smallnorb", image_size=64, split="test")
    assert len(dataset) == 8
    assert dataset.images_at([0]).shape == (1, 64, 64, 1)
    with pytest.raises(ValueError, match=r"split='valid'. It has .*train"):
        TFDSImages("smallnorb", split="valid")


def test_celeba_has_forty_attributes_and_the_middle_square(tmp_path, monkeypatch):
    images = np.full((6, 218, 178, 3), 100, np.uint8)
    images[:, :20] = 255  # the 20 rows above and below the square of 178
    images[:, 198:] = 255
    images[:, 98:120, :, 0] = np.arange(6)[:, None, None] * 30
    attributes = np.random.default_rng(0).integers(0, 2, (6, 40)).astype(bool)
    attributes[:2] = [[True] * 40, [False] * 40]
    partition = [0, 0, 0, 0, 1, 2]
    paths = write_celeba(tmp_path, images, partition, attributes)
    without_network(monkeypatch, lambda urls: {key: str(paths[key]) for key in urls})
    dataset = TFDSImages("celeb_a")
    assert len(dataset) == 4
    assert dataset.image_shape == (64, 64, 3)
    assert dataset.factor_names == CELEBA_ATTRIBUTES
    assert dataset.factor_sizes == (2,) * 40
    served = dataset.images(attributes[:4].astype(int))
    # Nothing of the white rows is left, whose 255 JPEG would blur to far above 110.
    assert served[:, [0, -1]].max() < 115
    np.testing.assert_allclose(
        served[:, 32, :, 0].mean(axis=1), [0, 30, 60, 90], atol=4
    )


def test_black_and_white_pixels_reach_white(tmp_path, monkeypatch):
    digits = np.random.default_rng(0).integers(0, 2, (3, 784), dtype=np.uint8)
    path = tmp_path / "binarized.amat"
    np.savetxt(path, digits, fmt="%d")
    without_network(monkeypatch, lambda urls: dict.fromkeys(urls, str(path)))
    dataset = TFDSImages("binarized_mnist")
    assert not dataset.has_factors
    assert dataset.image_shape == (28, 28, 1)
    served = sorted(image.tobytes() for image in dataset.images_at([0, 1, 2]))
    assert served == sorted((row * 255).astype(np.uint8).tobytes() for row in digits)


def test_pictures_of_any_size_under_another_name():
    dataset = TFDSImages("tiny_pictures")
    # There is no train: all splits, in the order of the alphabet.
    assert dataset.splits == ("a", "b")
    assert len(dataset) == 10
    assert dataset.image_shape == (64, 64, 3)
    # `label` is -1 in a, 0 and 2 in b; constants and floating point are no factors.
    assert dict(zip(dataset.factor_names, dataset.factor_sizes, strict=True)) == {
        "label": 3,
        "number": 5,
    }
    dataset.prepare()
    images = dataset.images_at(np.arange(10))
    # The middle square keeps both halves: black where transparent, 200 elsewhere.
    # Lanczos swings by a twentieth near an edge, and not at all far from it.
    assert (images[:, :, :8] == 0).all()
    assert (images[:, :, 56:] == 200).all()
    assert images[:, :, :24].max() < 20
    assert images[:, :, 40:].min() > 180
    numbers = dataset.factors_at(np.arange(10))
    assert sorted(numbers[:5, 1]) == [0, 1, 2, 3, 4]
    assert set(numbers[:5, 0]) == {0}


def test_a_size_of_other_proportions_is_fitted():
    def image(**options):
        dataset = TFDSImages("tiny_pictures", (16, 32), **options)
        return dataset.images_at([0])[0, :, :, 0]

    assert image().shape == (16, 32)
    assert (image(fit="pad", on="white")[:, [0, -1]] == 255).all()
    assert (image(fit="stretch")[:, -1] == 200).all()


def test_colour_becomes_grey_by_its_brightness():
    dataset = TFDSImages("tiny_pictures", image_size=16, greyscale=True)
    assert dataset.image_shape == (16, 16, 1)
    assert dataset.images_at([0])[0, 8, 15, 0] == 200


def test_set_without_images_is_refused_before_it_is_downloaded(monkeypatch):
    monkeypatch.setattr(tfds_images, "prepare_build", None)
    with pytest.raises(ValueError, match="tfds:imdb_reviews, which has text, label"):
        TFDSImages("imdb_reviews")


def test_damaged_build_is_refused(tmp_path):
    TFDSImages("tiny_pictures")
    for file in (tmp_path / "tfds").glob("tiny_pictures/*/*.tfrecord*"):
        file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(ValueError, match=r"tfds:tiny_pictures must be whole.*Delete"):
        TFDSImages("tiny_pictures").prepare()


def test_scaling_is_antialiased(tmp_path, monkeypatch):
    images = np.zeros((1, 2, 96, 96), np.uint8)
    images[..., ::2] = 255  # stripes finer than 8 pixels can show
    paths = {}
    for part in ("training", "testing"):
        for kind, array in (
            ("dat", images),
            ("cat", np.zeros(1, np.int32)),
            ("info", np.zeros((1, 4), np.int32)),
        ):
            file = tmp_path / f"{part}-{kind}.mat"
            paths[f"{part}_{kind}"] = str(write_norb_matrix(file, array))
    without_network(monkeypatch, lambda urls: {key: paths[key] for key in urls})
    small = TFDSImages("smallnorb", image_size=8).images_at([0])
    np.testing.assert_allclose(small, 127.5, atol=8)
    expected = Image.fromarray(images[0, 0]).resize((8, 8), Image.Resampling.LANCZOS)
    np.testing.assert_array_equal(small[0, :, :, 0], np.asarray(expected))
