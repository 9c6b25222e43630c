import matplotlib.figure
import numpy as np
import pytest
from numbered_run import Squares
from small_model import small_model

import keras_bvae as kb
from keras_bvae.figures.reconstructions import reconstruction_page
from keras_bvae.pictures.sheets.marks import Text, Tile


def test_images_stand_above_the_decoded_means_with_their_errors():
    model, dataset = small_model(), Squares()
    page = reconstruction_page(model, dataset, count=2, seed=3, title="a run")
    tiles = [mark.pixels[..., :1] for mark in page.marks if isinstance(mark, Tile)]
    texts = [mark.text for mark in page.marks if isinstance(mark, Text)]
    indices = [int(text) for text in texts if text.isdecimal()]
    images = dataset.images_at(indices)
    np.testing.assert_array_equal(tiles[:2], images)
    mean, _ = model.encode(images)
    decoded = model.decode(mean)
    np.testing.assert_array_equal(tiles[2:], np.round(255 * decoded))
    # The Bernoulli likelihood by hand, of pixels 0 and 1.
    likelihood = np.where(images > 0, decoded, 1 - decoded)
    errors = -np.log(likelihood).sum(axis=(1, 2, 3))
    assert [text for text in texts if text.endswith(" nats") and len(text) < 12] == [
        f"{error:.1f} nats" for error in errors
    ]
    assert any(f"mean of the 2 shown {errors.mean():.1f} nats" in t for t in texts)


def test_own_images_need_no_data_set():
    model = small_model()
    images = Squares().images_at([1, 2, 3])
    figure = kb.figures.reconstructions(model, images=images)
    assert isinstance(figure, matplotlib.figure.Figure)
    assert len(figure.axes[0].images) == 6
    named = reconstruction_page(model, images=images, names=("x.png", "y", "z"))
    assert "x.png" in [mark.text for mark in named.marks if isinstance(mark, Text)]


def test_another_seed_draws_other_images():
    model, dataset = small_model(), Squares()
    first, second = (
        reconstruction_page(model, dataset, count=5, seed=seed).picture
        for seed in (0, 1)
    )
    assert not np.array_equal(np.asarray(first), np.asarray(second))


def test_without_images_there_is_nothing_to_draw():
    with pytest.raises(ValueError, match="received neither `dataset` nor `images`"):
        reconstruction_page(small_model())
