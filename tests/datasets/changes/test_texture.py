import numpy as np
import pytest
from PIL import Image

from keras_bvae.datasets.changes.texture import generated_texture, picture_texture


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


def test_a_turned_picture_is_turned_back(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # a camera held upright
    Image.new("RGB", (60, 30), "white").save(tmp_path / "a.jpg", exif=exif)
    texture = picture_texture(tmp_path / "a.jpg", 16)
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
