import os

import numpy as np
import pytest
from binary_grid import BinaryGrid
from PIL import Image

from keras_bvae.datasets.changes.textured_images import (
    TexturedImages,
    generated_texture,
    picture_texture,
)
from keras_bvae.datasets.sprites.dsprites import DSprites


def on_plain(tmp_path, color):
    path = tmp_path / "plain.png"
    Image.new("RGB", (50, 60), color).save(path)
    return TexturedImages(BinaryGrid(), path)


def test_a_generated_texture_is_soft_and_colourful():
    texture = generated_texture(64)
    assert (texture.shape, texture.dtype) == ((274, 274, 3), np.uint8)
    assert texture.min(axis=(0, 1)).tolist() == [0, 0, 0]
    assert texture.max(axis=(0, 1)).tolist() == [255, 255, 255]
    # Neighbours are alike, places far away are not.
    values = texture.astype(float)
    assert np.abs(np.diff(values, axis=0)).mean() < 5
    assert np.abs(np.diff(values, axis=1)).mean() < 5
    assert np.abs(values[:137] - values[137:]).mean() > 25
    channels = np.corrcoef(values.reshape(-1, 3).T)
    assert np.abs(channels - np.eye(3)).max() < 0.5
    # Every crop has a texture to show.
    crops = values[:256, :256].reshape(4, 64, 4, 64, 3)
    assert crops.std(axis=(1, 3)).min() > 10


def test_a_generated_texture_is_always_the_same():
    np.testing.assert_array_equal(generated_texture(16), generated_texture(16))


@pytest.mark.parametrize(
    ("size", "expected"),
    # Width and height of the file; The Scream's own are 274 x 350 for images of 64.
    [((274, 350), (350, 274, 3)), ((100, 50), (274, 548, 3)), ((7, 7), (274, 274, 3))],
)
def test_a_picture_is_scaled_by_its_shorter_side(tmp_path, size, expected):
    Image.new("RGB", size, (10, 20, 30)).save(tmp_path / "a.png")
    texture = picture_texture(tmp_path / "a.png", 64)
    assert texture.shape == expected
    # Nothing was padded.
    assert (texture == [10, 20, 30]).all()


@pytest.mark.parametrize("ending", ["jpg", "tif", "png"])
def test_a_turned_picture_is_turned_back(tmp_path, ending):
    exif = Image.Exif()
    exif[0x0112] = 6  # a camera held upright
    picture = tmp_path / f"a.{ending}"
    Image.new("RGB", (60, 30), "white").save(picture, exif=exif)
    texture = picture_texture(picture, 16)
    assert texture.shape == (136, 68, 3)
    assert texture.min() > 250


def test_greyscale_serves_as_well(tmp_path):
    Image.new("L", (30, 30), 80).save(tmp_path / "a.png")
    assert (picture_texture(tmp_path / "a.png", 8) == 80).all()


def test_what_is_no_picture_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="must be a file that exists"):
        picture_texture(tmp_path / "none.png", 8)
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(ValueError, match=r"image file; received .*text\.png"):
        picture_texture(tmp_path / "text.png", 8)


def test_the_sprite_inverts_a_background_tinted_at_random(tmp_path):
    """On a picture of one colour the background is the mean of that and the tint."""
    images = on_plain(tmp_path, (0, 100, 200)).images_at(np.arange(24))
    white = BinaryGrid().images_at(np.arange(24))[..., 0] == 255
    for image, sprite in zip(images, white, strict=True):
        (ground,) = np.unique(image[~sprite], axis=0)
        (inverse,) = np.unique(image[sprite], axis=0)
        np.testing.assert_array_equal(inverse, 255 - ground)
    grounds = images[:, 7, 7]  # no block reaches that corner
    # (c + t) / 2 with t in 0 … 255.
    assert (grounds >= [0, 50, 100]).all()
    assert (grounds <= [128, 178, 228]).all()
    assert grounds.std(axis=0).min() > 15


def test_backgrounds_are_crops_from_all_over_the_picture(tmp_path):
    """The picture says where each pixel comes from: red its row, green its column."""
    size = round(64 * 274 / 64)
    rows, columns = np.mgrid[:size, :size]
    picture = np.stack([rows // 2, columns // 2, 0 * rows], axis=-1).astype(np.uint8)
    path = tmp_path / "places.png"
    Image.fromarray(picture).save(path)
    dataset = TexturedImages(DSprites(), path)
    np.testing.assert_array_equal(dataset.texture, picture)
    images = dataset.images_at(np.arange(0, 737280, 7373)).astype(int)
    # 63 pixels along, the crop's red grows by 31 or 32, and a mean by half of that.
    assert set((images[:, 63, 0, 0] - images[:, 0, 0, 0]).tolist()) <= {15, 16}
    assert set((images[:, 0, 63, 1] - images[:, 0, 0, 1]).tolist()) <= {15, 16}
    # The tint is the same on all of an image; what is left over is the place.
    tints = 2 * images[:, 0, 0, 2]
    assert tints.min() < 20
    assert tints.max() > 235


def test_crops_reach_every_place():
    dataset = TexturedImages(BinaryGrid())
    rows, columns, _ = dataset.texture.shape
    last = np.nextafter(1, 0)
    first, final = dataset._crops(np.array([[0.0, 0.0], [last, last]]), 8, 8)
    np.testing.assert_array_equal(first, dataset.texture[:8, :8])
    np.testing.assert_array_equal(final, dataset.texture[rows - 8 :, columns - 8 :])


def test_an_image_keeps_its_background_and_the_seed_changes_it():
    dataset = TexturedImages(BinaryGrid())
    together = dataset.images_at([1, 2, 3])
    np.testing.assert_array_equal(dataset.images_at([3, 1]), together[[2, 0]])
    other = TexturedImages(BinaryGrid(), seed=1).images_at([1])
    assert (other != together[0]).any()


def test_names_tell_the_picture(tmp_path):
    assert TexturedImages(BinaryGrid()).name == "blocks+background"
    name = on_plain(tmp_path, "red").name
    assert name == f"blocks+background={tmp_path}/plain.png"


def test_a_missing_picture_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"exists; received .*none\.png"):
        TexturedImages(BinaryGrid(), tmp_path / "none.png")


def test_a_background_is_an_ordinary_picture_of_a_known_format(tmp_path):
    Image.new("L", (9, 9)).save(tmp_path / "a.eps")
    (tmp_path / "a.eps").rename(tmp_path / "a.png")
    with pytest.raises(ValueError, match="no image"):
        picture_texture(tmp_path / "a.png", 16)
    os.mkfifo(tmp_path / "b.png")
    with pytest.raises(OSError, match="is a pipe"):
        picture_texture(tmp_path / "b.png", 16)
