import keras
import numpy as np
import pytest

import keras_bvae as kb

RNG = np.random.default_rng(0)
TABLE = RNG.normal(size=(3000, 4)) * [1, 1e-3, 1e6, 0] + [0, 5, -1e9, 7]


def test_it_is_that_of_all_rows_at_once():
    made = kb.Standardization.of(TABLE)
    np.testing.assert_allclose(made.mean, TABLE.mean(axis=0), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(made.scale[:3], TABLE.std(axis=0)[:3], rtol=1e-9)
    assert made.scale[3] == 1  # a constant stays one
    values = made.standardized_array(TABLE)
    np.testing.assert_allclose(values.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(values.std(axis=0), [1, 1, 1, 0], atol=1e-5)


def test_channels_share_it_over_time_and_space():
    series = RNG.normal(size=(50, 6, 2)) * [2, 3]
    made = kb.Standardization.of(series)
    np.testing.assert_allclose(made.scale, series.reshape(-1, 2).std(axis=0))


def test_tensors_there_and_back():
    made = kb.Standardization([1.0, -2.0], [0.5, 4.0])
    values = RNG.normal(size=(5, 2)).astype("float32")
    there = made.standardized(keras.ops.convert_to_tensor(values))
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(there), made.standardized_array(values), rtol=1e-6
    )
    back = keras.ops.convert_to_numpy(made.restored(there))
    np.testing.assert_allclose(back, values, rtol=1e-5, atol=1e-6)


def test_a_checkpoint_keeps_it(tmp_path):
    x = keras.Input((4,))
    heads = [keras.layers.Dense(2)(x), keras.layers.Dense(2)(x)]
    codes = keras.Input((2,))
    decoder = keras.Model(codes, keras.layers.Dense(4)(codes))
    model = kb.BetaVAE(
        keras.Model(x, heads),
        decoder,
        likelihood="gaussian",
        standardization=kb.Standardization.of(TABLE),
    )
    model.compile("adam")
    model.save(tmp_path / "m.keras")
    read = keras.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(read.standardization.mean, model.standardization.mean)
    np.testing.assert_array_equal(read.encode(TABLE)[0], model.encode(TABLE)[0])
    # In the table's own units.
    np.testing.assert_allclose(
        read.decode(np.zeros((1, 2)))[0, 2], TABLE[:, 2].mean(), rtol=1e-6
    )


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (([1.0], [1.0, 2.0]), "1 means and 2 scales"),
        (([1.0], [0.0]), "the least 0"),
        (([np.nan], [1.0]), "`mean` must be finite numbers"),
        (("a", [1.0]), "`mean` must be finite numbers"),
    ],
)
def test_what_is_none_is_refused(arguments, reason):
    with pytest.raises(ValueError, match=reason):
        kb.Standardization(*arguments)


@pytest.mark.parametrize(
    ("table", "reason"),
    [(np.zeros((0, 3)), "received none"), (np.full((2, 3), np.inf), "6 values")],
)
def test_of_what_has_none_is_refused(table, reason):
    with pytest.raises(ValueError, match=reason):
        kb.Standardization.of(table)


@pytest.mark.parametrize(
    ("shape", "reason"),
    [((8, 8, 1), "for images"), ((3,), "received 1 for data of the shape")],
)
def test_data_of_other_columns_are_refused(shape, reason):
    with pytest.raises(ValueError, match=reason):
        kb.Standardization([0.0], [1.0]).require_fit(shape)


def test_a_standardization_goes_with_the_gaussian_likelihood():
    from small_model import small_networks

    made = kb.Standardization([0.0], [1.0])
    for standardization, likelihood, reason in (
        (made, "bernoulli", "need the gaussian likelihood"),
        ("z", "gaussian", "must be a keras_bvae.Standardization"),
        (made, "gaussian", "received one for images"),
    ):
        with pytest.raises(ValueError, match=reason):
            kb.BetaVAE(
                *small_networks(),
                likelihood=likelihood,
                standardization=standardization,
            )
