import numpy as np
from binary_grid import BinaryGrid
from numbered_images import NumberedImages

from keras_bvae.datasets.changes.colored_images import ColoredImages
from keras_bvae.datasets.changes.subset import Subset
from keras_bvae.datasets.dataset_summary import dataset_summary
from keras_bvae.datasets.dsprites import DSprites


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
