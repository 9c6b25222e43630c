import re

import numpy as np
import pytest
from keras import ops
from small_model import small_images, small_model

from keras_bvae.models.inference import LatentMean


@pytest.mark.parametrize("count", [1, 3, 5, 300])
def test_encode_in_batches_equals_the_network_on_all(count):
    model, images = small_model(), small_images(count)
    mean, log_variance = model.encode(images, batch_size=64)
    expected = model.encoder((images / 255).astype("float32"))
    np.testing.assert_allclose(mean, ops.convert_to_numpy(expected[0]), atol=1e-6)
    np.testing.assert_allclose(
        log_variance, ops.convert_to_numpy(expected[1]), atol=1e-6
    )
    assert mean.dtype == np.float32


def test_encode_of_no_images_is_empty():
    mean, log_variance = small_model().encode(small_images(0))
    assert mean.shape == log_variance.shape == (0, 3)


def test_decode_gives_probabilities():
    model = small_model()
    codes = np.random.default_rng(0).normal(size=(7, 3))
    images = model.decode(codes)
    logits = ops.convert_to_numpy(model.decoder(codes.astype("float32")))
    assert images.shape == (7, 8, 8, 1)
    np.testing.assert_allclose(images, 1 / (1 + np.exp(-logits)), atol=1e-6)


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
def test_log_likelihood_of_each_image_under_its_codes(likelihood):
    model = small_model(likelihood=likelihood)
    images = small_images(5)
    codes = np.random.default_rng(0).normal(size=(5, 3, 3)).astype("float32")
    found = model.log_likelihood(images, codes, batch_size=4)
    assert found.shape == (5, 3)
    for sample in range(3):
        output = model.decoder(codes[:, sample])
        targets = ops.convert_to_tensor((images / 255).astype("float32"))
        expected = -ops.convert_to_numpy(model.reconstruction(targets, output))
        np.testing.assert_allclose(found[:, sample], expected, rtol=1e-5)
    one = model.log_likelihood(images, codes[:, 0])
    np.testing.assert_allclose(one, found[:, 0], rtol=1e-5)


def test_log_likelihood_wants_a_code_for_each_image():
    with pytest.raises(ValueError, match="received 5 images and codes of shape"):
        small_model().log_likelihood(small_images(5), np.zeros((4, 3)))


def test_decode_of_a_gaussian_model_is_its_mean_within_the_image_range():
    model = small_model(likelihood="gaussian")
    images = model.decode(np.full((2, 3), 50.0))
    raw = ops.convert_to_numpy(model.decoder(np.full((2, 3), 50.0, "float32")))
    assert raw.min() < 0
    np.testing.assert_allclose(images, raw.clip(0, 1), atol=1e-6)


def test_codes_of_another_length_are_refused():
    with pytest.raises(ValueError, match=re.escape("(n, 3) for this model")):
        small_model().decode(np.zeros((2, 4)))


def test_codes_that_are_not_finite_are_counted():
    with pytest.raises(ValueError, match="received 3 values"):
        small_model().decode(np.full((1, 3), np.nan))


@pytest.mark.parametrize("codes", [[["a", "b", "c"]], [[1, 2, 3], [1]]])
def test_codes_that_are_no_numbers_are_refused(codes):
    with pytest.raises(ValueError, match="Codes must be an array of numbers"):
        small_model().decode(codes)


@pytest.mark.parametrize("batch_size", [0, -1, 2.5, True])
def test_a_batch_size_must_be_whole_and_above_0(batch_size):
    received = f"whole number >= 1; received batch_size={batch_size}"
    with pytest.raises(ValueError, match=received):
        small_model().encode(small_images(3), batch_size)


def test_mean_is_weighted_and_named_by_latent():
    metric = LatentMean(2)
    metric.update_state(np.float32([1.0, 10.0]), sample_weight=3.0)
    metric.update_state(np.float32([5.0, 50.0]), sample_weight=1.0)
    # By hand: (3·1 + 5) / 4 and (3·10 + 50) / 4
    result = {
        name: float(ops.convert_to_numpy(v)) for name, v in metric.result().items()
    }
    assert result == {"kl_0": 2.0, "kl_1": 20.0}


def test_reset_forgets():
    metric = LatentMean(1)
    metric.update_state(np.float32([1.0]))
    metric.reset_state()
    assert float(ops.convert_to_numpy(metric.result()["kl_0"])) == 0.0
