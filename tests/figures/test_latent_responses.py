import re
import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

from keras_bvae import datasets
from keras_bvae.figures import latent_responses


class Grid(datasets.Dataset):
    """Pixels are the classes of shape, size, position_x and position_y."""

    def __init__(self, names=("shape", "size", "position_x", "position_y"), shapes=2):
        grid = datasets.FactorGrid(names, (shapes, 3, 4, 5))
        super().__init__("grid", (1, 4, 1), grid)

    def _images_at(self, indices):
        return self.factors_at(indices).astype("uint8")[:, None, :, None]


class Model:
    """Codes by hand; the last latent is dead."""

    latent_dim = 3

    def __init__(self):
        self.encoded = 0

    def encode(self, images):
        self.encoded += len(images)
        shape, size, x, _ = images[:, 0, :, 0].astype("float32").T
        mean = np.stack([x - 1.5, (size - 1) * (shape + 1), 0 * x], axis=1)
        return mean, np.zeros_like(mean)


def axes_of(figure, rows):
    panels = [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]
    return np.array(panels).reshape(rows, -1)


def test_position_is_a_plane_and_the_rest_curves_by_shape():
    figure = latent_responses(Model(), Grid(), title="by hand")
    assert isinstance(figure, Figure)
    grid = axes_of(figure, 2)  # the dead latent is left out
    assert grid.shape == (2, 2)
    # KL: x - 1.5 has a mean square of 1.25; (size - 1)(shape + 1) of 2/3 · 5/2.
    assert [axes.get_ylabel() for axes in grid[:, 0]] == [
        "z1\n0.83 nats",
        "z0\n0.62 nats",
    ]
    np.testing.assert_allclose(
        grid[1, 0].images[0].get_array(), np.tile([-1.5, -0.5, 0.5, 1.5], (5, 1))
    )
    curves = [line.get_ydata() for line in grid[0, 1].lines]
    np.testing.assert_allclose(curves, [[-1, 0, 1], [-2, 0, 2]])
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["shape 0", "shape 1"]
    notes = figure.get_supxlabel()
    assert "All 120 images of grid" in notes
    assert "Dead, not drawn: z2" in notes


def test_a_large_data_set_is_sampled_alike_in_every_cell(monkeypatch):
    module = sys.modules["keras_bvae.figures.latent_responses"]
    monkeypatch.setattr(module, "_SMALL", 100)
    monkeypatch.setattr(module, "_SAMPLE", 10)
    monkeypatch.setattr(module, "_PER_PLACE", 2)
    monkeypatch.setattr(module, "_PER_CLASS", 3)
    model, told = Model(), []
    figure = latent_responses(model, Grid(), progress=lambda *place: told.append(place))
    images = model.encoded - 10
    assert images <= 4 * 5 * 2 + 3 * 2 * 3
    assert told == [(images, images)]
    plane = [a for a in axes_of(figure, 2)[:, 0] if a.get_ylabel().startswith("z0")]
    np.testing.assert_allclose(
        plane[0].images[0].get_array(), np.tile([-1.5, -0.5, 0.5, 1.5], (5, 1))
    )
    assert "2 images a place, 3 a point of a curve" in figure.get_supxlabel()


def test_factors_plane_category_and_latents_can_be_named():
    figure = latent_responses(
        Model(),
        Grid(),
        latents=[2, 0],
        plane=("size", "shape"),
        category="",
        factors=["position_x"],
    )
    grid = axes_of(figure, 2)
    assert grid[0, 0].get_ylabel().startswith("z2")
    titles = [axes.get_title(loc="left") for axes in grid[0]]
    assert titles == ["size →\nshape ↓", "position_x"]
    assert len(grid[1, 1].lines) == 1
    assert not figure.legends


def test_without_position_every_factor_is_a_curve():
    names = ("hue", "size", "x", "y")
    figure = latent_responses(Model(), Grid(names), latents="all")
    grid = axes_of(figure, 3)
    assert [axes.get_title(loc="left") for axes in grid[0]] == list(names)
    assert "shaded" not in figure.get_supxlabel().lower()


def test_shapes_beyond_the_colors_are_a_curve():
    figure = latent_responses(Model(), Grid(shapes=8))
    titles = [axes.get_title(loc="left") for axes in axes_of(figure, 2)[0]]
    assert titles[1:] == ["shape", "size"]


def test_dsprites_shapes_have_their_names():
    dataset = Grid(shapes=3)
    dataset.name = "dsprites"
    (legend,) = latent_responses(Model(), dataset).legends
    names = [text.get_text() for text in legend.get_texts()]
    assert names == ["square", "ellipse", "heart"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"plane": ("size",)}, "received plane=('size',)"),
        ({"plane": ("size", "hue")}, "received 'hue'"),
        ({"category": "hue"}, "received 'hue'"),
        ({"category": "position_x"}, "received category='position_x'"),
        ({"factors": ["weight"]}, "received 'weight'"),
        ({"latents": [3]}, "numbers from 0 to 2"),
        ({"latents": []}, "received []"),
        ({"plane": (), "factors": []}, "at least one factor"),
    ],
)
def test_what_the_data_or_model_lacks_is_named(arguments, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        latent_responses(Model(), Grid(), **arguments)


def test_codes_that_are_not_finite_are_refused():
    class Diverged(Model):
        def encode(self, images):
            mean, log_variance = super().encode(images)
            return mean * np.nan, log_variance

    with pytest.raises(ValueError, match="finite"):
        latent_responses(Diverged(), Grid())


def test_a_data_set_without_factors_is_refused():
    class Plain(Grid):
        has_factors = False

    with pytest.raises(ValueError, match="which has no factors"):
        latent_responses(Model(), Plain())
