import json
import re

import numpy as np
import pytest
from factor_pixels import (
    DSPRITES_NAMES,
    DSPRITES_SIZES,
    FactorPixels,
    NoFactors,
    standardised_factors,
)
from fixture_representation import representation
from reference_fixtures import expected, stored_arrays

from keras_bvae.datasets.factors import FactorTable
from keras_bvae.errors import InvalidValue
from keras_bvae.metrics import beta_vae_score, higgins2017_aggregate
from keras_bvae.metrics.scores.beta_vae_score import (
    beta_vae_settings,
    difference_features,
)

# Enough to tell 100 % from chance, in a tenth of a second.
SMALL = {"train_points": 600, "test_points": 400, "image_pool": 2000}


def noise_codes(images):
    return np.random.default_rng(1).normal(size=(len(images), 6))


# ---- against the reference -------------------------------------------------------


def test_difference_features_of_the_reference():
    steps = expected()["sampling_steps"]["beta_vae"]
    arrays = stored_arrays("sampling_steps")
    features = difference_features(arrays["bv_codes_1"], arrays["bv_codes_2"])
    # The tolerance that the fixtures suggest, for sums of 64 numbers in float32.
    np.testing.assert_allclose(features, steps["features"], atol=1e-6)


@pytest.mark.parametrize("case", ["rotation", "noise"])
def test_locatello2019_within_the_spread_of_the_reference(case):
    block = expected()["cases"][case]["beta_vae"]
    score = beta_vae_score(representation(case), FactorPixels(), seed=0)
    assert score.protocol == "locatello2019"
    assert score.score == score.parts["eval_accuracy"]
    for part in ("train_accuracy", "eval_accuracy"):
        assert score.parts[part] == pytest.approx(
            block[part]["mean"], abs=block["single_run_abs_tol"]
        )


@pytest.mark.parametrize("case", ["nonlinear_noisy", "dropped_factor", "constant_dims"])
def test_a_pool_of_images_gives_the_same_score(case):
    block = expected()["cases"][case]["beta_vae"]
    score = beta_vae_score(
        representation(case),
        FactorPixels(),
        image_pool=5000,
        train_points=5000,
        test_points=2500,
        inverse_regularisation=2.0,  # 10,000 · 1 = 5,000 · 2
    )
    assert score.protocol == "custom"
    # Binomial error of 2,500 points (0.007) on top of the reference's own spread.
    assert score.score == pytest.approx(block["eval_accuracy"]["mean"], abs=0.03)


# ---- known answers ---------------------------------------------------------------


def test_true_factors_score_one():
    score = beta_vae_score(standardised_factors, FactorPixels(), **SMALL)
    assert score.score == 1.0


def test_noise_scores_chance():
    dataset = FactorPixels()
    score = beta_vae_score(noise_codes, dataset, image_pool=20_000, pairs=16)
    # Binomial: 3 · sqrt(0.2 · 0.8 / 5000) = 0.017
    assert score.score == pytest.approx(1 / 5, abs=0.017)


def test_the_known_fault_a_dropped_factor_is_named_by_elimination():
    def without_orientation(images):
        return np.delete(standardised_factors(images), 2, axis=1)

    score = beta_vae_score(without_orientation, FactorPixels(), **SMALL)
    assert score.score > 0.99


def test_higgins2017_never_asks_for_the_shape():
    def without_shape(images):
        return np.delete(standardised_factors(images), 0, axis=1)

    score = beta_vae_score(
        without_shape, FactorPixels(), protocol="higgins2017", **SMALL
    )
    assert score.score == 1.0
    assert "shape" not in score.settings["factor_names"]
    assert score.parts["eval_accuracy_per_classifier"] == [1.0, 1.0, 1.0]
    noise = beta_vae_score(noise_codes, FactorPixels(), protocol="higgins2017", **SMALL)
    # Chance of one in four; 3 · sqrt(0.25 · 0.75 / 400) = 0.065, and 2,000 images.
    assert noise.score == pytest.approx(1 / 4, abs=0.08)
    assert noise.score == np.mean(noise.parts["eval_accuracy_per_classifier"])


def test_factors_of_one_value_are_never_asked_for():
    names, sizes = ("a", "fixed", "b"), (5, 1, 7)
    score = beta_vae_score(
        lambda images: standardised_factors(images, (5, 2, 7)),
        FactorPixels(names, sizes),
        **SMALL,
    )
    assert score.settings["factor_names"] == ("a", "b")
    assert score.score == 1.0


def test_a_table_without_all_combinations_is_scored_from_a_pool():
    table = np.array([(a, b) for a in range(8) for b in range(8) if (a + b) % 3])
    dataset = FactorPixels(("a", "b"), factor_space=FactorTable(("a", "b"), table))
    with pytest.raises(ValueError, match="received factor_pixels, which lacks some"):
        beta_vae_score(lambda x: x[:, 0, :, 0], dataset)
    assert beta_vae_score(lambda x: x[:, 0, :, 0], dataset, **SMALL).score == 1.0


# ---- what it costs and what it says of itself ------------------------------------


def test_each_image_is_encoded_at_most_once():
    dataset, seen, calls = FactorPixels(), [], []

    def encode(images):
        factors = images[:, 0, :, 0].astype(int)
        seen.extend(np.ravel_multi_index(tuple(factors.T), DSPRITES_SIZES))
        return factors

    score = beta_vae_score(
        encode,
        dataset,
        train_points=300,
        test_points=100,
        progress=lambda done, total: calls.append((done, total)),
    )
    # 400 points · 128 images are 51,200 draws of 737,280.
    assert len(seen) == len(set(seen)) == score.settings["distinct_images"] < 51_200
    assert calls[-1] == (len(seen), len(seen))
    assert [done for done, _ in calls] == sorted({done for done, _ in calls})


def test_the_record_says_all_that_made_it():
    score = beta_vae_score(standardised_factors, FactorPixels(), seed=4, **SMALL)
    record = json.loads(score.to_json())
    assert record["name"] == "beta_vae_score"
    assert record["seed"] == 4
    assert record["seconds"] > 0
    assert record["settings"] == {
        "factor_names": list(DSPRITES_NAMES),
        "pairs": 64,
        **SMALL,
        "classifier": "logistic_regression",
        "inverse_regularisation": 1.0,
        "iterations": 100,
        "dataset": "factor_pixels",
        "distinct_images": record["settings"]["distinct_images"],
        "latent_dim": 5,
    }


def test_a_seed_gives_the_same_score_again_and_another_seed_another():
    def rotated(images):
        turn = np.linalg.qr(np.random.default_rng(0).normal(size=(5, 5)))[0]
        return standardised_factors(images) @ turn

    first, again, other = (
        beta_vae_score(rotated, FactorPixels(), seed=seed, **SMALL).parts
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_the_batch_size_changes_nothing():
    parts = [
        beta_vae_score(
            standardised_factors, FactorPixels(), batch_size=size, pairs=4, **SMALL
        ).parts
        for size in (37, 5000)
    ]
    assert parts[0] == parts[1]


# ---- the paper's aggregate -------------------------------------------------------


def test_the_worse_half_is_dropped():
    # By hand: 0.9 and 1.0 stay; their mean 0.95, their spread 0.05.
    mean, deviation = higgins2017_aggregate([1.0, 0.1, 0.9, 0.5])
    assert (mean, deviation) == (pytest.approx(0.95), pytest.approx(0.05))
    assert higgins2017_aggregate([0.2, 0.4, 0.9])[0] == pytest.approx(0.65)


@pytest.mark.parametrize("scores", [["a"], [None], 5, "x", [0.5, float("nan")]])
def test_the_aggregate_needs_numbers(scores):
    with pytest.raises(InvalidValue, match="`scores` must be numbers, and one"):
        higgins2017_aggregate(scores)


def test_the_aggregate_needs_scores():
    with pytest.raises(ValueError, match="received none"):
        higgins2017_aggregate([])


# ---- bad input -------------------------------------------------------------------


def test_a_data_set_without_factors_is_refused():
    with pytest.raises(ValueError, match="no_factors"):
        beta_vae_score(noise_codes, NoFactors())


def test_two_factors_must_vary():
    with pytest.raises(ValueError, match=r"received 1 among a, b of factor_pixels"):
        beta_vae_score(noise_codes, FactorPixels(("a", "b"), (5, 1)))


def test_higgins2017_on_other_factors_names_both_sides():
    message = "received position_x, position_y, scale, orientation, while factor_pixels"
    with pytest.raises(ValueError, match=message):
        beta_vae_score(
            noise_codes, FactorPixels(("a", "b"), (5, 4)), protocol="higgins2017"
        )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"protocol": "kim2018"}, "received protocol='kim2018'"),
        ({"pairs": 0}, "received pairs=0"),
        ({"train_points": -5}, "received train_points=-5"),
        ({"seed": -1}, "received seed=-1"),
        ({"seed": None}, "received seed=None"),
        ({"batch_size": 0}, "received batch_size=0"),
        ({"train_points": 1}, "received 1 that all fixed the same one"),
        ({"factor_names": ("scale", "scale")}, "received scale, scale, while"),
    ],
)
def test_an_argument_out_of_range_is_named(arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        beta_vae_score(noise_codes, FactorPixels(), **arguments)


def test_the_output_of_model_encode_is_recognised():
    def encode(images):
        return noise_codes(images), noise_codes(images)

    with pytest.raises(ValueError, match=r"pass lambda images: model\.encode"):
        beta_vae_score(encode, FactorPixels(), **SMALL)


def test_settings_can_be_asked_for_before_anything_is_encoded():
    name, settings = beta_vae_settings(FactorPixels(), "locatello2019", pairs=8)
    assert name == "custom"
    assert settings["factor_names"] == DSPRITES_NAMES
    assert settings["pairs"] == 8
