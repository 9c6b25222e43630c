import keras
import numpy as np
from component_contracts import assert_layer_contract
from small_model import SuppliedNoise

import keras_bvae as kb


def test_sampling_keeps_its_contract():
    inputs = [np.zeros((5, 3), "float32"), np.zeros((5, 3), "float32")]
    assert_layer_contract(kb.Sampling(seed=3), inputs, (5, 3))


def test_draw_is_mean_plus_spread_times_noise(monkeypatch):
    monkeypatch.setattr(keras.random, "normal", SuppliedNoise([[2.0]]))
    code = kb.Sampling()(np.float32([[1.0]]), np.log(np.float32([[9.0]])))
    # By hand: 1 + √9 · 2
    np.testing.assert_allclose(keras.ops.convert_to_numpy(code), [[7.0]], rtol=1e-6)


def test_draws_have_the_posteriors_mean_and_variance():
    count = 200_000
    mean = np.full((count, 1), 3.0, "float32")
    codes = kb.Sampling(seed=0)(mean, np.full((count, 1), np.log(4.0), "float32"))
    codes = keras.ops.convert_to_numpy(codes)
    # Five standard errors: 2/√n for the mean, 4·√(2/n) for the variance.
    assert abs(codes.mean() - 3.0) < 5 * 2 / count**0.5
    assert abs(codes.var() - 4.0) < 5 * 4 * (2 / count) ** 0.5


def test_a_seed_repeats_the_stream_and_calls_differ():
    zeros = np.zeros((4, 2), "float32")
    first, second = kb.Sampling(seed=7), kb.Sampling(seed=7)
    draws = [
        keras.ops.convert_to_numpy(s(zeros, zeros)) for s in (first, second, first)
    ]
    np.testing.assert_array_equal(draws[0], draws[1])
    assert not np.array_equal(draws[0], draws[2])
