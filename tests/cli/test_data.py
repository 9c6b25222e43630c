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


def test_without_a_name_all_there_is_is_listed(kbvae, tmp_path):
    result = kbvae("data")
    assert result.exit_code == 0, result.output
    for form, text in {**datasets.NAMES, **datasets.CHANGES}.items():
        (line,) = (
            at for at in result.output.splitlines() if at.startswith(f"  {form} ")
        )
        assert line.endswith(text)
    assert max(map(len, result.output.splitlines())) <= 80
    assert not list(tmp_path.iterdir())


def test_changes_are_described_and_the_file_is_named_after_them(kbvae, tmp_path):
    result = kbvae("data", "dsprites+fix=shape:0+color")
    assert result.exit_code == 0, result.output
    assert "245,760 images, 64 x 64, colour" in result.output
    assert "changed: shape is 0 in every image" in result.output
    assert "changed: each sprite in a colour of its own" in result.output
    picture = np.asarray(Image.open(tmp_path / "dsprites-fix-shape-0-color.png"))
    # Colours, not greys only.
    assert (np.ptp(picture.astype(int), axis=-1) > 60).any()


def test_a_part_with_gaps_is_drawn(kbvae, tmp_path):
    result = kbvae("data", "dsprites+validation=0.001")
    assert result.exit_code == 0, result.output
    assert "not every combination" in result.output
    assert (tmp_path / "dsprites-validation-0-001.png").exists()


def test_factors_choose_the_rows(kbvae, tmp_path):
    for name, typed in (("all", ()), ("one", ("--factors", "scale"))):
        assert kbvae("data", "dsprites", "-o", f"{name}.png", *typed).exit_code == 0
    heights = [Image.open(tmp_path / f"{name}.png").height for name in ("all", "one")]
    # Five rows and one: each less is as high as the others.
    assert (heights[0] - heights[1]) % 4 == 0
    assert heights[1] < heights[0] - 4 * 64


def test_help_teaches_the_grammar(kbvae):
    said = kbvae("data", "--help").output
    for example in ("dsprites+background=scream.jpg", "images:", "+correlate="):
        assert example in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("dsprits",), "Did you mean dsprites?"),
        (("digits+noise",), "paints black and white images"),
        (("dsprites+colour",), "Did you mean +color?"),
        (("dsprites", "--factors", "size"), "received size."),
        (("digits", "--factors", "size"), "which has none; received size."),
        (("-o", "sheet.png"), "--out needs the NAME of a data set"),
        (("images:nowhere",), "nowhere"),
        (("dsprites", "-o", "sheet.jpg"), ".png for a still picture"),
        (("dsprites", "--compare", "none.npz"), "none.npz"),
        (("dsprites:none.hdf5",), "none.hdf5"),
    ],
)
def test_bad_input_is_one_sentence(refused, arguments, said):
    assert said in refused("data", *arguments)
