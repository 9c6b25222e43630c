import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from keras_bvae.datasets.own import picture_pages
from keras_bvae.datasets.own.picture_opening import open_picture
from keras_bvae.datasets.own.picture_pages import (
    is_film,
    open_page,
    place_in_words,
    turned_pages,
)

MOST = 10**6


def stack(path, count, kind="TIFF", **arguments):
    pages = [Image.new("L", (8, 8 + number), number) for number in range(count)]
    pages[0].save(path, kind, save_all=True, append_images=pages[1:], **arguments)
    return path


def pages_of(path):
    with open_picture(path) as image:
        return [(page, image.height) for page in turned_pages(image, path, MOST)]


def test_every_page_of_a_stack_stands_open_in_turn(tmp_path):
    assert pages_of(stack(tmp_path / "a.tif", 3)) == [(0, 8), (1, 9), (2, 10)]
    assert pages_of(stack(tmp_path / "b.tif", 1)) == [(0, 8)]


def test_a_page_is_opened_by_its_number(tmp_path):
    path = stack(tmp_path / "a.tif", 3, compression="tiff_deflate")
    with open_page(path, 2, MOST) as image:
        assert np.asarray(image).mean() == 2
    with pytest.raises(ValueError, match="no page 3"), open_page(path, 3, MOST):
        pass
    with pytest.raises(ValueError, match="8 x 10"), open_page(path, 2, 79):
        pass


def test_a_stack_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(picture_pages, "MOST_PAGES", 2)
    assert len(pages_of(stack(tmp_path / "a.tif", 2))) == 2
    with pytest.raises(ValueError, match="more than 2 pages: split it"):
        pages_of(stack(tmp_path / "b.tif", 3))


def test_smaller_copies_and_masks_are_no_pages(tmp_path):
    path = tmp_path / "a.tif"
    with TiffImagePlugin.AppendingTiffWriter(path, new=True) as file:
        for number, purpose in enumerate((0, 1, 2, 4)):
            page = Image.new("L", (8, 8 + number))
            page.encoderinfo = {}
            page.save(file, "TIFF", tiffinfo={254: purpose})
            file.newFrame()
    assert [page for page, _ in pages_of(path)] == [0, 2]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_picture_counts(tmp_path, kind):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    path = tmp_path / "a"
    frames[0].save(path, kind, save_all=True, append_images=frames[1:])
    with open_picture(path) as image:
        assert is_film(image)
        assert list(turned_pages(image, path, MOST)) == [0]
    frames[0].save(path, kind)
    with open_picture(path) as image:
        assert not is_film(image)


def test_pages_are_counted_from_0_in_words():
    assert place_in_words("a.tif", 3, True) == "a.tif[3]"
    assert place_in_words("a.tif", 0, False) == "a.tif"


def test_a_stack_that_imagej_wrote_in_one_piece_is_refused(tmp_path):
    """As it writes those beyond 4 GB: only the first page is listed."""
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[270] = "ImageJ=1.53t\nimages=5\nslices=5\nloop=false\n"
    path = tmp_path / "a.tif"
    Image.new("L", (8, 8)).save(path, tiffinfo=tags)
    with (
        pytest.raises(ValueError, match="of 5 pages that ImageJ wrote in one piece"),
        open_picture(path) as image,
    ):
        list(turned_pages(image, path, 100))
    Image.new("L", (8, 8)).save(
        path, tiffinfo=tags, save_all=True, append_images=[Image.new("L", (8, 8))] * 4
    )
    with open_picture(path) as image:
        assert list(turned_pages(image, path, 100)) == [0, 1, 2, 3, 4]
