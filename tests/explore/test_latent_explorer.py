import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from small_model import small_model

from keras_bvae.explore.latent_explorer import (
    LatentExplorer,
    explorers_of,
    slider_reach,
)

# Half of the pixels are white: by hand, the mean is (0.25, 1, 0).
HALF = np.repeat(np.uint8([[0, 255]]), 4, axis=1).repeat(8, axis=0)[..., None]


@pytest.fixture
def explorer(model):
    return LatentExplorer(model, HALF[None], "half")


def test_latents_are_sorted_by_kl_and_the_empty_one_is_dead(explorer):
    # By hand: (μ² + 1 - 1 - ln 1) / 2 each.
    np.testing.assert_allclose(explorer.kl, [0.03125, 0.5, 0])
    assert explorer.active_order == (1, 0)
    assert explorer.dead_order == (2,)
    assert explorer.order == (1, 0, 2)


def test_an_image_gives_its_code_and_what_that_costs(explorer):
    encoded = explorer.encode(HALF)
    np.testing.assert_allclose(encoded.code, [0.25, 1, 0])
    # By hand: 1/2 + 1/4
    np.testing.assert_allclose(encoded.reconstruction, np.full((8, 8, 1), 0.75))
    assert encoded.reconstruction_nats == 12.5
    assert encoded.kl_nats == 0.53125


def test_a_strip_moves_one_latent_through_the_middles_of_its_thumbnails(
    explorer, model
):
    strips = explorer.strips([0.5, -4.5, 0.25])
    assert strips.shape == (2, 7, 8, 8, 1)
    codes = model.decoded[-1].reshape(2, 7, 3)
    # Sevenths of a slider from -5 to 5, and of one from -3 to 3, by their middles.
    middles = np.float32([-6, -4, -2, 0, 2, 4, 6]) / 7
    np.testing.assert_allclose(codes[0, :, 1], 5 * middles, rtol=1e-6)
    np.testing.assert_allclose(codes[1, :, 0], 3 * middles, rtol=1e-6)
    assert (codes[0][:, [0, 2]] == [0.5, 0.25]).all()
    assert (codes[1][:, [1, 2]] == [-4.5, 0.25]).all()


@pytest.mark.parametrize(
    ("value", "reach"), [(0, 3), (-3, 3), (3.01, 4), (-7.5, 8), (12, 12)]
)
def test_a_slider_reaches_three_or_its_value(value, reach):
    assert slider_reach(value) == reach


def test_threads_take_turns(explorer, model):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(explorer.decode, np.zeros((16, 3))))
    assert model.most_threads == 1


def test_several_models_are_measured_on_the_same_images(model, dataset):
    steps = []
    explorers = explorers_of(
        {"a": model, "b": model}, dataset, progress=lambda *step: steps.append(step)
    )
    assert [explorer.title for explorer in explorers] == ["a", "b"]
    np.testing.assert_array_equal(explorers[0].kl, explorers[1].kl)
    assert steps == [(0, 2), (1, 2), (2, 2)]


def test_no_model_is_refused(dataset):
    with pytest.raises(ValueError, match="at least one model"):
        explorers_of({}, dataset)


def test_a_model_of_other_images_is_refused(model, dataset):
    model.image_shape = (4, 4, 1)
    with pytest.raises(ValueError, match=re.escape("(4, 4, 1), squares has (8, 8, 1)")):
        explorers_of({"small": model}, dataset)


def test_a_real_model_shows_at_its_code_what_it_reconstructs(dataset):
    model = small_model()
    explorer = LatentExplorer(model, dataset.images_at(range(36)), "real")
    image = dataset.images_at([7])[0]
    encoded = explorer.encode(image)
    mean, _ = model.encode(image[None])
    np.testing.assert_allclose(encoded.code, mean[0], rtol=1e-5)
    shown = explorer.decode(encoded.code)
    # Binary cross-entropy of that image, from NumPy.
    pixels, chance = image / 255, shown.astype(np.float64)
    expected = -np.sum(pixels * np.log(chance) + (1 - pixels) * np.log(1 - chance))
    np.testing.assert_allclose(encoded.reconstruction_nats, expected, rtol=1e-4)
    np.testing.assert_allclose(shown, encoded.reconstruction, atol=1e-6)


def test_a_real_model_answers_threads_that_it_was_not_compiled_in(dataset):
    explorer = LatentExplorer(small_model(), dataset.images_at([0, 9]), "real")
    codes = np.random.default_rng(0).normal(size=(6, 3))
    with ThreadPoolExecutor(3) as threads:
        images = list(threads.map(explorer.decode, codes))
    for code, image in zip(codes, images, strict=True):
        np.testing.assert_allclose(image, explorer.decode(code), atol=1e-6)
