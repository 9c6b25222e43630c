import numpy as np
from numbered_run import Squares

from keras_bvae.explore.code_maps import map_picture


class Explorer:
    """Codes of two latents, or of one."""

    title = "a model"

    def __init__(self, latent_dim):
        self.latent_dim = latent_dim
        self.order = tuple(range(latent_dim))
        self.codes = np.random.default_rng(0).normal(size=(12, latent_dim))


def test_a_map_is_a_picture_that_says_what_it_shows():
    html = map_picture(Explorer(2), Squares(), np.arange(12))
    assert "data:image/" in html
    assert "codes of a model over z0 and z1" in html


def test_one_latent_has_no_map():
    html = map_picture(Explorer(1), Squares(), np.arange(12))
    assert "needs two latents" in html
