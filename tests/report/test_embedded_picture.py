import base64
import io
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from keras_bvae.pictures import Animation
from keras_bvae.pictures.sheets.sheet import Sheet
from keras_bvae.report import embedded_picture
from keras_bvae.report.embedded_picture import (
    LARGEST_FILM,
    LARGEST_STILL,
    embedded_figure,
    embedded_film,
    embedded_sheet,
)


def content(picture, kind):
    start = f"data:{kind};base64,"
    assert picture.source.startswith(start)
    return base64.b64decode(picture.source.removeprefix(start))


def opened(picture, kind="image/png"):
    return Image.open(io.BytesIO(content(picture, kind)))


def drawn(points=2):
    figure = Figure(figsize=(4, 3), dpi=100)
    rng = np.random.default_rng(0)
    figure.add_subplot().plot(rng.normal(size=points))
    return figure


def noise(side, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (side, side, 3), "uint8")


def test_lines_are_embedded_as_svg():
    picture = embedded_figure(drawn(), "a line", "below it")
    assert ElementTree.fromstring(content(picture, "image/svg+xml")) is not None
    assert (picture.width, picture.height) == (440, 330)
    assert (picture.description, picture.caption) == ("a line", "below it")


def test_too_many_lines_become_pixels_for_fine_screens(monkeypatch):
    monkeypatch.setattr(embedded_picture, "LARGEST_STILL", 40_000)
    picture = embedded_figure(drawn(points=20_000), "many lines")
    assert opened(picture).size == (880, 660)
    assert (picture.width, picture.height) == (440, 330)


def test_a_sheet_keeps_every_pixel_of_its_tiles():
    sheet = Sheet(100, 60)
    tile = noise(10)
    sheet.tile(20, 30, tile, scale=2)
    shown = np.asarray(opened(embedded_sheet(sheet, "noise")))
    assert shown.shape == (120, 200, 3)
    np.testing.assert_array_equal(
        shown[60:100, 40:80], tile.repeat(4, axis=0).repeat(4, axis=1)
    )


def test_a_picture_that_is_too_large_shrinks_until_it_fits(monkeypatch):
    limit = 50_000
    monkeypatch.setattr(embedded_picture, "LARGEST_STILL", limit)
    sheet = Sheet(200, 200)
    sheet.tile(0, 0, noise(200), scale=1)
    picture = embedded_sheet(sheet, "noise")
    found = content(picture, "image/png")
    # And no smaller than need be.
    assert 0.7 * limit < len(found) <= limit
    assert (picture.width, picture.height) == (200, 200)


@pytest.mark.parametrize("limit", [LARGEST_FILM, 60_000])
def test_a_film_shrinks_and_keeps_its_frames(limit, monkeypatch):
    monkeypatch.setattr(embedded_picture, "LARGEST_FILM", limit)
    frames = tuple(Image.fromarray(noise(120, seed)) for seed in range(8))
    picture = embedded_film(Animation(frames, 40), "noise")
    assert len(content(picture, "image/gif")) <= limit
    found = opened(picture, "image/gif")
    assert found.n_frames == 8
    assert (found.width < 120) == (limit == 60_000)
    assert (picture.width, picture.height) == (120, 120)


def test_all_pictures_of_a_report_stay_below_ten_megabytes():
    # Nine stills and a film, in base64; the rest is text.
    assert (9 * LARGEST_STILL + LARGEST_FILM) * 4 / 3 < 8_500_000
