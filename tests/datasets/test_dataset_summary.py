import numpy as np
import pytest
from binary_grid import BinaryGrid
from numbered_images import NumberedImages
from official_dsprites_files import random_images, small_classes, write_npz

from keras_bvae.datasets.changes.binary_variant import ColoredImages
from keras_bvae.datasets.changes.changed_factors import FixedFactor, HiddenFactor
from keras_bvae.datasets.changes.subset import Subset
from keras_bvae.datasets.dataset_summary import compare, dataset_summary
from keras_bvae.datasets.official.dsprites_files import DSpritesFile
from keras_bvae.datasets.own.image_array import ImageArray
from keras_bvae.datasets.sprites.dsprites import DSprites


@pytest.fixture
def file_with(tmp_path):
    """Makes a data set of images in a file, rows in the order given."""

    def make(name, images, rows):
        path = tmp_path / f"{name}.npz"
        return DSpritesFile(write_npz(path, images[rows], small_classes()[rows]))

    return make


def test_what_there_is_and_how_much_it_takes():
    assert dataset_summary(BinaryGrid()) == (
        "blocks: blocks and bars\n"
        "24 images, 8 x 8, greyscale\n"
        "factors: shape 2, scale 3, x 4\n"
        # By hand: 24 · 64.
        "pixels: 1.54 kB"
    )
    assert dataset_summary(NumberedImages(2)) == (
        "numbered\n2 images, 2 x 2, greyscale\nno factors\npixels: 8 bytes"
    )


def test_changes_are_told_in_their_order():
    part = Subset(ColoredImages(BinaryGrid()), np.arange(5), "part", "the first five")
    assert dataset_summary(part).splitlines() == [
        "blocks+color+part: blocks and bars",
        "5 images, 8 x 8, colour",
        "factors: shape 2, scale 3, x 4",
        "not every combination of the factors has an image",
        "pixels: 960 bytes",
        "changed: each sprite in a colour of its own, red, green and blue in [0.5, 1]",
        "changed: the first five",
    ]


def test_bits_take_an_eighth():
    # By hand: 737,280 · 4,096 bytes.
    said = "pixels: 3.02 GB, kept as bits in 377 MB"
    assert said in dataset_summary(DSprites()).splitlines()


def test_a_table_s_values_are_told_by_class(tmp_path):
    np.save(tmp_path / "eyes.npy", np.eye(4, dtype=np.uint8)[None].repeat(14, 0) * 255)
    rows = "".join(f"{'dark' if n % 2 else 'blue'},{n + 20},{n}\n" for n in range(14))
    (tmp_path / "eyes.csv").write_text(f"colour,age,person\n{rows}")
    eyes = ImageArray(tmp_path / "eyes.npy")
    ages = ", ".join(f"{n} = {n + 20}" for n in range(12))
    lines = dataset_summary(eyes).splitlines()
    assert lines[2:5] == [
        "factors: colour 2, age 14, person 14",
        "colour: 0 = blue, 1 = dark",
        f"age: {ages}, …",
    ]
    assert not any(line.startswith("person:") for line in lines)  # 0 … 13 as they are
    # Changes keep those of the factors that are left.
    part = eyes.split()[0]
    assert part.factor_values["colour"] == ("blue", "dark")
    assert "age: 0 =" not in dataset_summary(HiddenFactor(part, "age"))
    with pytest.raises(ValueError, match="class of colour: 0 = blue, 1 = dark"):
        FixedFactor(part, "colour", 2)


def test_differences_are_counted_by_hand(file_with):
    images = random_images(48)
    altered = images.copy()
    altered[5, 0, :3] ^= 1
    altered[40, 10:12, :20] ^= 1
    everything = np.arange(48)
    calls = []
    result = compare(
        file_with("altered", altered, everything),
        file_with("original", images, everything),
        progress=lambda done, total: calls.append((done, total)),
    )
    assert result.images == 48
    assert result.images_that_differ == 2
    assert result.pixels_that_differ == 3 + 40
    assert result.first_index == 5
    assert result.worst_index == 40
    assert result.worst_pixels == 40
    assert calls[-1] == (48, 48)


def test_equal_images_in_another_order_do_not_differ(file_with):
    images = random_images(48)
    shuffled = np.random.default_rng(0).permutation(48)[:30]
    result = compare(
        file_with("part", images, shuffled), file_with("all", images, np.arange(48))
    )
    assert result.images == 30
    assert result.images_that_differ == result.pixels_that_differ == 0
    assert result.first_index is result.worst_index is None
    assert result.worst_pixels == 0


def test_data_sets_with_nothing_in_common_are_refused(file_with):
    small = file_with("all", random_images(48), np.arange(48))
    with pytest.raises(ValueError, match="compare needs the factors"):
        compare(NumberedImages(3), small)
    other = file_with("other", random_images(48), np.arange(48))
    other.image_shape = (32, 32, 1)
    with pytest.raises(ValueError, match="must have the same factors and image size"):
        compare(small, other)
