import numpy as np
import pytest
from PIL import Image

from keras_bvae import datasets


def test_dsprites_is_described_and_drawn(kbvae, tmp_path):
    result = kbvae("data", "dsprites")
    assert result.exit_code == 0, result.output
    for text in ("737,280 images", "shape 3", "scale 6", "orientation 40"):
        assert text in result.output
    assert Image.open(tmp_path / "dsprites.png").width > 300


def test_digits_are_drawn_and_have_no_factors(kbvae, tmp_path):
    result = kbvae("data", "digits", "-o", "sheet.png")
    assert result.exit_code == 0, result.output
    assert "no factors" in result.output
    assert (tmp_path / "sheet.png").exists()


def test_compare_counts_the_pixels_that_differ(kbvae, tmp_path):
    """An official file of a small grid, two pixels of which were changed."""
    dataset = datasets.load("dsprites")
    classes = np.zeros((12, 6), "int64")
    classes[:, 4], classes[:, 5] = np.repeat(np.arange(3), 4), np.tile(np.arange(4), 3)
    images = dataset.images(classes[:, 1:])[..., 0] // 255
    images[3, 0, :2] = 1
    np.savez(
        tmp_path / "official.npz",
        imgs=images,
        latents_classes=classes,
        latents_values=classes.astype("float64"),
    )
    result = kbvae("data", "dsprites", "--compare", "official.npz")
    assert result.exit_code == 0, result.output
    assert "12 images compared" in result.output
    assert "1 differs" in result.output
    assert "2 pixels" in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("dsprits",), "Did you mean dsprites?"),
        (("dsprites", "-o", "sheet.jpg"), ".png or .gif"),
        (("dsprites", "--compare", "none.npz"), "none.npz"),
        (("dsprites:none.hdf5",), "none.hdf5"),
    ],
)
def test_bad_input_is_one_sentence(refused, arguments, said):
    assert said in refused("data", *arguments)
