import numpy as np
import pytest
from component_contracts import assert_is_the_plain_vae, assert_model_contract
from numbered_run import Squares
from small_model import small_images, small_model_of, small_pairs

import keras_bvae as kb


def test_ada_gvae_keeps_its_contract(tmp_path, monkeypatch):
    model = small_model_of(kb.AdaGVAE)
    assert_model_contract(model, tmp_path, monkeypatch, small_pairs(16))


def test_pairs_of_the_same_image_are_the_vae(monkeypatch):
    images = small_images(8)
    model = small_model_of(kb.AdaGVAE, beta=1.0)
    twice = np.stack([images, images], axis=1)
    plain = np.repeat(images, 2, axis=0)
    assert_is_the_plain_vae(model, twice, monkeypatch, plain_images=plain)


def test_single_images_are_the_vae(monkeypatch):
    model = small_model_of(kb.AdaGVAE, beta=3.0)
    images = small_images(16)
    logs = model.evaluate(images, batch_size=16, verbose=0, return_dict=True)
    expected = logs["reconstruction"] + 3 * logs["kl"]
    np.testing.assert_allclose(logs["loss"], expected, rtol=1e-5)
    assert logs["shared_latents"] == 0


def test_shared_latents_get_one_posterior_and_the_terms_are_averages_of_pairs():
    model = small_model_of(kb.AdaGVAE, compiled=False)
    pairs = small_pairs(8)
    terms = model.elbo_terms(pairs, training=True)
    mean = np.asarray(
        terms.mean.tolist() if hasattr(terms.mean, "tolist") else terms.mean
    )
    mean = mean.reshape(8, 2, 3)
    is_shared = np.array(terms.is_shared).astype(bool)
    np.testing.assert_array_equal(mean[:, 0] == mean[:, 1], is_shared)
    # Of three latents, the nearest is always shared and the farthest never.
    assert set(is_shared.sum(1)) <= {1, 2}
    assert tuple(terms.reconstruction.shape) == (8,)
    assert tuple(terms.kl.shape) == (8, 3)


def test_fit_takes_the_pairs_of_a_data_set():
    model = small_model_of(kb.AdaGVAE)
    pairs = Squares().pair_batches(batch_size=12, changed_factors=1)
    history = model.fit(pairs, epochs=2, verbose=0).history
    assert int(model.step) == 6
    assert 1 <= history["shared_latents"][-1] <= 2


@pytest.mark.parametrize(
    ("data", "received"),
    [
        (Squares().batches(12), "received single images of squares"),
        (small_images(8), r"received shape \(8, 8, 8, 1\)"),
        (2.0 * small_pairs(8).astype("float32"), r"\[0, 1\]"),
    ],
)
def test_what_are_no_pairs_of_images_cannot_train_it(data, received):
    with pytest.raises(ValueError, match=received):
        small_model_of(kb.AdaGVAE).fit(data, verbose=0)
