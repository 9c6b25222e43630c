import os

import numpy as np
import pytest
from numbered_images import NumberedImages
from PIL import Image

from keras_bvae.explore.starting_image import (
    image_of_file,
    image_of_number,
    offered_numbers,
)


def test_an_image_of_the_data_set_says_what_made_it(dataset):
    start = image_of_number(dataset, 8)
    np.testing.assert_array_equal(start.pixels, dataset.images_at([8])[0])
    # 6 columns: image 8 is row 1, column 2.
    assert start.caption == "squares, image 8: row 1, column 2"
    assert start.number == 8


def test_without_factors_the_number_is_all():
    assert image_of_number(NumberedImages(5), 4.0).caption == "numbered, image 4"


@pytest.mark.parametrize("number", [-1, 36, 2.5, float("nan"), None])
def test_a_number_that_no_image_has_is_refused(dataset, number):
    with pytest.raises(ValueError, match=f"from 0 to 35; received {number}"):
        image_of_number(dataset, number)


def test_a_picture_file_is_made_to_fit(dataset, tmp_path):
    Image.new("RGB", (40, 40), (255, 255, 255)).save(tmp_path / "white.png")
    start = image_of_file(dataset, tmp_path / "white.png")
    np.testing.assert_array_equal(start.pixels, np.full((8, 8, 1), 255))
    assert start.caption == "your picture white.png"
    assert start.number is None


def test_a_picture_is_read_as_the_data_sets_own_are(dataset, tmp_path, monkeypatch):
    wide = Image.new("L", (40, 20), 100)
    wide.paste(20, (10, 0, 30, 20))
    wide.save(tmp_path / "wide.png")
    name = "images:no/where+fit=crop+range=0:100+max-pixels=1"
    monkeypatch.setattr(dataset, "name", name)
    # By hand: 20 of 0 … 100 is 51 of 255.
    assert (image_of_file(dataset, tmp_path / "wide.png").pixels == 51).all()
    monkeypatch.setattr(dataset, "name", "what its owner+calls it")
    assert image_of_file(dataset, tmp_path / "wide.png").pixels[0, 0, 0] == 0


def test_a_file_that_is_no_picture_is_refused_by_its_name(dataset, tmp_path):
    (tmp_path / "words.png").write_text("words")
    with pytest.raises(ValueError, match=r"received words\.png") as caught:
        image_of_file(dataset, str(tmp_path / "words.png"))
    assert str(tmp_path) not in str(caught.value)


def test_every_page_offers_different_images(dataset):
    first, second = (offered_numbers(dataset, 12, page) for page in (0, 1))
    assert len(set(first)) == 12
    assert set(first) <= set(range(36))
    assert set(first) != set(second)
    assert first == offered_numbers(dataset, 12, 0)


def test_a_small_data_set_offers_what_it_has():
    assert sorted(offered_numbers(NumberedImages(5), 20)) == [0, 1, 2, 3, 4]


def test_a_picture_of_too_many_pixels_is_refused_unread(dataset, tmp_path):
    path = tmp_path / "large.png"
    Image.new("1", (9000, 9000)).save(path)  # 12 kB
    with pytest.raises(ValueError, match=r"64,000,000 pixels at most; large\.png"):
        image_of_file(dataset, path)


def test_a_picture_of_too_many_bytes_is_refused_unread(dataset, tmp_path):
    path = tmp_path / "large.png"
    with open(path, "wb") as file:
        file.truncate(64 * 2**20 + 1)
    with pytest.raises(ValueError, match=r"received large\.png of 67,108,865"):
        image_of_file(dataset, path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_what_is_no_file_is_refused_by_its_name(dataset, tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    for path in (tmp_path / "pipe.png", tmp_path / "none.png", tmp_path):
        with pytest.raises(ValueError, match="A picture must") as caught:
            image_of_file(dataset, path)
        assert f"{tmp_path}/" not in str(caught.value)


def test_postscript_by_another_name_starts_no_program(dataset, tmp_path):
    (tmp_path / "a.png").write_bytes(
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"
    )
    with pytest.raises(ValueError, match="cannot be read as one"):
        image_of_file(dataset, tmp_path / "a.png")
