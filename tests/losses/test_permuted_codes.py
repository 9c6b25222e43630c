import keras
import numpy as np
from formula_contracts import assert_gradients, evaluated
from keras import ops

from keras_bvae.losses import permute_codes

CODES = np.random.default_rng(0).normal(size=(20, 3)).astype("float32")


def permute(codes):
    return permute_codes(codes, seed=1)


def rows_of_origin(shape):
    """`[i, k]`: the row that latent k of row i comes from, read off row numbers."""
    rows = np.repeat(np.arange(shape[0], dtype="float32")[:, None], shape[1], axis=1)
    return evaluated(permute, rows).astype(int)


def permuted_by_loops(codes, origin):
    permuted = np.zeros_like(codes)
    for i in range(codes.shape[0]):
        for k in range(codes.shape[1]):
            permuted[i, k] = codes[origin[i, k], k]
    return permuted


def test_every_latent_keeps_its_values():
    permuted = evaluated(permute, CODES)
    np.testing.assert_array_equal(np.sort(permuted, axis=0), np.sort(CODES, axis=0))


def test_latents_move_by_permutations_of_their_own():
    origin = rows_of_origin((20, 3))
    np.testing.assert_array_equal(np.sort(origin, axis=0)[:, 0], np.arange(20))
    for a, b in ((0, 1), (0, 2), (1, 2)):
        assert not np.array_equal(origin[:, a], origin[:, b])


def test_permutation_breaks_the_dependence_between_latents():
    latent = np.random.default_rng(0).normal(size=4000).astype("float32")
    permuted = evaluated(permute, np.stack([latent, latent], 1))
    # From 1 to 0, with a standard error of 1/√4000 = 0.016; four of them.
    assert abs(np.corrcoef(permuted.T)[0, 1]) < 0.064


def test_every_row_goes_everywhere_equally_often():
    origin = rows_of_origin((4, 6000))
    counts = np.array([(origin == row).sum(axis=1) for row in range(4)])
    # 1500 of 6000, standard error √(6000 · ¼ · ¾) = 34; five of them.
    assert np.abs(counts - 1500).max() < 170


def test_an_int_repeats_and_a_generator_goes_on():
    same = [evaluated(permute, CODES) for _ in range(2)]
    np.testing.assert_array_equal(*same)
    generators = [keras.random.SeedGenerator(7) for _ in range(2)]
    first, second = (
        [ops.convert_to_numpy(permute_codes(CODES, g)) for _ in range(2)]
        for g in generators
    )
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(*first)


def test_no_seed_draws_afresh():
    draws = [ops.convert_to_numpy(permute_codes(CODES)) for _ in range(4)]
    assert any(not np.array_equal(draws[0], other) for other in draws[1:])


def test_gradient_goes_back_to_where_a_value_came_from():
    origin = rows_of_origin(CODES.shape)
    assert_gradients(permute, lambda codes: permuted_by_loops(codes, origin), [CODES])


def test_half_precision_codes_keep_their_dtype():
    assert evaluated(permute, CODES.astype("float16")).dtype == "float16"
