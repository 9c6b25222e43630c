import re

import numpy as np
import pytest
from numbered_run import Squares

from keras_bvae.figures import latent_map
from keras_bvae.figures.latent_map import map_codes


class Model:
    """Codes by hand: z2 is the row, z0 the column, z1 nothing."""

    latent_dim = 3
    image_shape = (8, 8, 1)
    largest_batch = 0

    def encode(self, images):
        self.largest_batch = max(self.largest_batch, len(images))
        lit = images[..., 0] > 0
        row, column = lit.any(axis=2).argmax(axis=1), lit.any(axis=1).argmax(axis=1)
        mean = np.stack([column / 5.0, 0 * row, row - 2.5], axis=1)
        return mean.astype("float32"), np.zeros_like(mean, "float32")

    def decode(self, codes):
        return np.tile(codes[:, 1, None, None, None], (1, 8, 8, 1)) + 0.5


def test_each_image_lies_at_its_code_over_the_two_strongest_latents():
    mapped = map_codes(Model(), Squares(), samples=20, seed=1)
    assert mapped.plane.latents == (2, 0)
    factors = Squares().factors_at(mapped.indices)
    expected = np.stack([factors[:, 0] - 2.5, factors[:, 1] / 5], axis=1)
    np.testing.assert_allclose(mapped.plane.points, expected, rtol=1e-6)


def test_a_panel_for_each_factor_and_for_what_is_decoded():
    figure = latent_map(Model(), Squares(), decoded=True, title="by hand")
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert [title for title in titles if title] == ["row", "column", "decoded"]
    notes = " ".join(figure.get_supxlabel().split())
    assert "Mean codes of 36 images of squares (all)" in notes
    assert "z2" in notes


def test_without_factors_there_is_one_panel():
    figure = latent_map(Model(), Squares(), color=())
    assert len(figure.axes) == 1


def test_few_images_are_in_memory_at_once(monkeypatch):
    import sys

    module = sys.modules["keras_bvae.figures.latent_map"]
    monkeypatch.setattr(module, "_ENCODED_AT_ONCE", 10)
    model, told = Model(), []
    map_codes(model, Squares(), progress=lambda *place: told.append(place))
    assert model.largest_batch == 10
    assert told[-1] == (36, 36)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"color": "hue"}, "received 'hue'"),
        ({"samples": 1}, "samples=1"),
        ({"method": "pca", "latents": (0, 1)}, "`latents` belongs to a map of two"),
        ({"method": "tsne", "decoded": True}, "`decoded` belongs to a map of two"),
        ({"latents": (0, 9)}, "received [0, 9]"),
    ],
)
def test_what_does_not_go_together_is_refused(arguments, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        latent_map(Model(), Squares(), **arguments)


def test_codes_that_are_not_finite_are_refused():
    class Diverged(Model):
        def encode(self, images):
            mean, log_variance = super().encode(images)
            return mean * np.nan, log_variance

    with pytest.raises(ValueError, match="diverged"):
        latent_map(Diverged(), Squares())
