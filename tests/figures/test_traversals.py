import re

import numpy as np
import pytest
from numbered_run import Squares
from small_model import small_model

import keras_bvae as kb
from keras_bvae.figures.traversals import traversal_film, traversals
from keras_bvae.pictures.sheets.marks import Text, Tile


def texts(sheet):
    return [mark.text for mark in sheet.marks if isinstance(mark, Text)]


@pytest.mark.parametrize("start", [{}, {"prior": True}, {"images": 5}])
def test_every_start_says_where_it_starts(start):
    dataset, model = Squares(), small_model()
    words = {"images": "the image shown", "prior": "the prior's mean"}
    said = words[next(iter(start))] if start else "picked to show every latent"
    if "images" in start:
        start = {"images": dataset.images_at([start["images"]])[0]}
    sheet = traversals(model, dataset, steps=3, title="a run", **start)
    above = ["prior, decoded"] if "prior" in start else ["image", "decoded"]
    assert texts(sheet)[: len(above)] == above
    assert any(said in text for text in texts(sheet))
    assert "a run" in texts(sheet)


def test_a_sheet_shows_the_models_own_images():
    model, dataset = small_model(), Squares()
    sheet = kb.figures.traversals(model, dataset, prior=True, steps=3, latents=[1])
    assert isinstance(sheet, kb.pictures.Sheet)
    # The fixed mode: -3, 0 and 3 standard deviations of the prior.
    decoded = model.decode([[0, 0, 0], [0, -3, 0], [0, 0, 0], [0, 3, 0]])
    shown = [image.get_array()[..., 0] for image in sheet.figure().axes[0].images]
    np.testing.assert_array_equal(shown, np.round(255 * decoded[..., 0]))


def test_modes_have_ranges_of_their_own():
    model, dataset = small_model(), Squares()
    said = [
        next(
            text
            for text in texts(traversals(model, dataset, prior=True, **choices))
            if text.startswith("Each latent from")
        )
        for choices in (
            {},
            {"reach": 2},
            {"mode": "minmax"},
            {"mode": "normal", "reach": 0.5},
        )
    ]
    assert said == [
        "Each latent from -3 to 3 standard deviations of the prior",
        "Each latent from -2 to 2 standard deviations of the prior",
        "Each latent from the least to the largest of the data's codes",
        "Each latent from 25% to 75% quantile of the prior, N(0, 1)",
    ]


def test_several_images_stand_one_below_the_other():
    model, dataset = small_model(), Squares()
    images = dataset.images_at([3, 30])
    one, two = (
        traversals(model, dataset, images=chosen, steps=3)
        for chosen in (images[:1], images)
    )
    assert two.height == 2 * one.height
    tiles = [mark for mark in two.marks if isinstance(mark, Tile)]
    starts = [tiles[0], tiles[len(tiles) // 2]]
    for tile, image in zip(starts, images, strict=True):
        np.testing.assert_array_equal(tile.pixels[..., :1], image)


def test_a_film_has_there_and_back_frames_and_holds_several_images():
    model, dataset = small_model(), Squares()
    images = dataset.images_at([3, 30])
    one, two = (
        traversal_film(model, dataset, images=chosen, steps=4)
        for chosen in (images[0], images)
    )
    assert len(one.frames) == len(two.frames) == 6
    assert two.frames[0].height == 2 * one.frames[0].height


def test_the_same_seed_gives_the_same_picture():
    model = small_model()
    first, second = (traversals(model, Squares(), seed=1) for _ in range(2))
    np.testing.assert_array_equal(first.picture, second.picture)


def test_images_and_the_prior_are_two_starts():
    with pytest.raises(ValueError, match="from images; received both"):
        traversals(small_model(), Squares(), images=np.zeros((8, 8, 1)), prior=True)


def test_images_must_have_the_networks_size():
    with pytest.raises(ValueError, match=re.escape("(8, 8, 1)")):
        traversals(small_model(), Squares(), images=np.zeros((9, 9, 1)))
