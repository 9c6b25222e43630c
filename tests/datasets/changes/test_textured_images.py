import numpy as np
import pytest
from binary_grid import BinaryGrid
from PIL import Image

from keras_bvae.datasets.changes.textured_images import TexturedImages
from keras_bvae.datasets.sprites.dsprites import DSprites


def on_plain(tmp_path, color):
    path = tmp_path / "plain.png"
    Image.new("RGB", (50, 60), color).save(path)
    return TexturedImages(BinaryGrid(), path)


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
