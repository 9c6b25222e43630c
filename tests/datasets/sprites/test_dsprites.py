import numpy as np
import pytest

from keras_bvae.datasets.sprites import dsprites
from keras_bvae.datasets.sprites.dsprites import DSprites
from keras_bvae.datasets.sprites.packed_images import unpack
from keras_bvae.datasets.sprites.sprite_renderer import render, render_packed


@pytest.fixture
def whole_set_is_counted(monkeypatch):
    """Stands in for drawing everything: the first images only, and counts the calls."""
    calls = []

    def load_or_render(path, render_all, progress=None):
        calls.append(path)
        factors = np.stack(np.unravel_index(np.arange(200), (3, 6, 40, 32, 32)), axis=1)
        return render_packed(factors)

    monkeypatch.setattr(dsprites, "load_or_render", load_or_render)
    return calls


def test_images_are_what_the_renderer_draws(whole_set_is_counted):
    dataset = DSprites()
    factors = dataset.sample_factors(np.random.default_rng(0), 20)
    images = dataset.images(factors)
    assert images.dtype == np.uint8
    np.testing.assert_array_equal(images[..., 0], render(factors) * 255)
    assert not whole_set_is_counted


def test_prepared_images_are_the_same_as_those_drawn_on_demand(whole_set_is_counted):
    drawn = DSprites().images_at(np.arange(200))
    dataset = DSprites()
    dataset.prepare()
    np.testing.assert_array_equal(dataset.images_at(np.arange(200)), drawn)
    np.testing.assert_array_equal(drawn, unpack(dataset._packed))


def test_whole_set_is_got_ready_once_in_the_folder_given(
    whole_set_is_counted, tmp_path
):
    dataset = DSprites(tmp_path)
    dataset.prepare()
    dataset.prepare()
    dataset.images_at([0])
    assert whole_set_is_counted == [tmp_path / dsprites.CACHE_FILE]


def test_many_images_get_the_whole_set_ready(whole_set_is_counted, monkeypatch):
    monkeypatch.setattr(dsprites, "DRAWN_ON_DEMAND", 10)
    dataset = DSprites()
    batches = dataset.batches(4)
    assert batches[0].shape == batches[1].shape == (4, 64, 64, 1)
    assert not whole_set_is_counted
    dataset.images_at(np.arange(4))
    assert len(whole_set_is_counted) == 1
