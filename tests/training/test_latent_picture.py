import numpy as np
import pytest
from numbered_run import Squares
from small_model import small_model

from keras_bvae.pictures import Animation
from keras_bvae.training.latent_picture import latent_picture


@pytest.mark.parametrize("start", [{}, {"prior": True}, {"image": 5}])
def test_every_start_draws_a_picture(start):
    dataset = Squares()
    if "image" in start:
        start = {"image": dataset.images_at([start["image"]])[0]}
    picture = latent_picture(small_model(), dataset, steps=3, title="a", **start)
    assert picture.mode == "RGB"


def test_more_steps_make_it_wider_and_quantiles_differ():
    model, dataset = small_model(), Squares()
    narrow, wide = (
        latent_picture(model, dataset, steps=n, prior=True) for n in (9, 14)
    )
    assert wide.width > narrow.width
    by_quantile = latent_picture(model, dataset, steps=9, prior=True, reach="quantiles")
    assert not np.array_equal(np.asarray(narrow), np.asarray(by_quantile))


def test_an_animation_has_there_and_back_frames():
    film = latent_picture(small_model(), Squares(), steps=4, animated=True)
    assert isinstance(film, Animation)
    assert len(film.frames) == 6


def test_the_same_seed_gives_the_same_picture():
    model = small_model()
    first, second = (latent_picture(model, Squares(), seed=1) for _ in range(2))
    np.testing.assert_array_equal(np.asarray(first), np.asarray(second))
