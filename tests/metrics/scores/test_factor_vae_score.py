import functools
import json
import re

import numpy as np
import pytest
from factor_pixels import (
    DSPRITES_NAMES,
    FactorPixels,
    NoFactors,
    standardised_factors,
)
from fixture_representation import representation
from reference_fixtures import expected

from keras_bvae.datasets.factors import FactorTable
from keras_bvae.metrics.sampling import encoding
from keras_bvae.metrics.sampling.encoding import EncodedImages
from keras_bvae.metrics.scores.factor_vae_score import (
    factor_vae_score,
    factor_vae_settings,
    scale_free_factor_vae_score,
    scale_free_factor_vae_settings,
)

pytestmark = pytest.mark.filterwarnings("error")

# Enough to tell 100 % from chance, in a tenth of a second.
SMALL = {
    "train_points": 600,
    "test_points": 400,
    "variance_points": 500,
    "image_pool": 2000,
}
NAMES, SIZES = ("a", "b", "c"), (7, 9, 8)


class SmallGrid(FactorPixels):
    """504 images, so that all of them are encoded in no time."""

    def __init__(self):
        super().__init__(NAMES, SIZES)


def small_codes(images):
    return standardised_factors(images, SIZES)


@functools.cache
def encoded(case):
    return EncodedImages(representation(case), FactorPixels(), batch_size=16_384)


def within_the_spread(score, block, tolerance):
    for part in ("train_accuracy", "eval_accuracy"):
        assert score.parts[part] == pytest.approx(block[part]["mean"], abs=tolerance)


# ---- against the reference -------------------------------------------------------


@pytest.mark.parametrize("case", ["rotation", "constant_dims"])
def test_locatello2019_within_the_spread_of_the_reference(case):
    block = expected()["cases"][case]["factor_vae"]
    score = factor_vae_score(encoded(case), FactorPixels(), seed=0)
    assert score.protocol == "locatello2019"
    assert score.score == score.parts["eval_accuracy"]
    within_the_spread(score, block, block["single_run_abs_tol"])


@pytest.mark.parametrize("case", ["rotation", "noise", "dead_dims", "dropped_factor"])
def test_a_pool_of_images_gives_the_same_score(case):
    block = expected()["cases"][case]["factor_vae"]
    score = factor_vae_score(encoded(case), FactorPixels(), image_pool=10_000)
    assert score.protocol == "custom"
    assert score.settings["distinct_images"] <= 10_000
    within_the_spread(score, block, block["single_run_abs_tol"])


@pytest.mark.parametrize("case", ["dead_dims", "constant_dims"])
def test_without_pruning_within_the_spread_of_the_reference(case):
    block = expected()["cases"][case]["factor_vae"]["prune_threshold_0"]
    score = factor_vae_score(
        encoded(case), FactorPixels(), prune_below=0, image_pool=10_000
    )
    tolerance = max(0.01, 5 * block["eval_accuracy"]["std"])
    within_the_spread(score, block, tolerance)
    assert score.parts["num_active_dims"] == score.settings["latent_dim"]
    if case == "constant_dims":
        # The first constant code, number 0, is always the one that varies least.
        assert score.parts["votes_train"][:, 1:].sum() == 0


# ---- known answers ---------------------------------------------------------------


def test_true_factors_score_one():
    score = factor_vae_score(small_codes, SmallGrid(), **SMALL)
    assert score.score == 1.0
    np.testing.assert_array_equal(score.parts["votes_eval"] > 0, np.eye(3, dtype=bool))


def test_the_known_fault_an_informative_code_of_small_scale_is_dropped():
    def shrunk(images):
        return small_codes(images) * [1, 0.01, 1]

    score = factor_vae_score(shrunk, SmallGrid(), **SMALL)
    # Two of three factors; of the third the majority of nobody. 3 · sqrt(2/9 / 400)
    assert score.score == pytest.approx(2 / 3, abs=0.08)
    assert score.parts["active_codes"].tolist() == [0, 2]
    assert scale_free_factor_vae_score(shrunk, SmallGrid(), 0.005, **SMALL).score == 1


def test_scale_free_pruning_does_not_see_the_scale_of_all_codes():
    def codes(images):
        noise = np.random.default_rng(0).normal(size=(len(images), 1))
        constant = np.full_like(noise, 0.3)
        return np.hstack([small_codes(images), 0.01 * noise, constant])

    scores = [
        scale_free_factor_vae_score(lambda x, s=s: s * codes(x), SmallGrid(), **SMALL)
        for s in (1e-6, 1, 1e6)
    ]
    for score in scores:
        assert score.score == 1.0
        assert score.protocol == "custom"
        assert score.name == "scale_free_factor_vae_score"
        assert score.parts["active_codes"].tolist() == [0, 1, 2]
        assert score.settings["prune_below_share"] == 0.05
        assert "prune_below" not in score.settings
    # Only the constant code is dropped, whatever the share.
    kept = scale_free_factor_vae_score(codes, SmallGrid(), 0, **SMALL)
    assert kept.parts["active_codes"].tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("score_of", [factor_vae_score, scale_free_factor_vae_score])
def test_codes_without_an_active_one_score_zero(score_of):
    score = score_of(lambda images: np.ones((len(images), 4)), SmallGrid(), **SMALL)
    assert score.score == 0.0
    assert score.parts["num_active_dims"] == 0
    assert score.parts["num_active_dims_reported"] == 0
    assert score.parts["votes_train"].shape == (3, 0)


def test_a_table_without_all_combinations_is_scored_from_a_pool():
    table = np.array([(a, b) for a in range(8) for b in range(8) if (a + b) % 3])
    dataset = FactorPixels(("a", "b"), factor_space=FactorTable(("a", "b"), table))
    with pytest.raises(ValueError, match="received factor_pixels, which lacks some"):
        factor_vae_score(lambda x: x[:, 0, :, 0], dataset)
    assert factor_vae_score(lambda x: x[:, 0, :, 0], dataset, **SMALL).score == 1.0


# ---- what it costs and what it says of itself ------------------------------------


def test_each_image_is_encoded_at_most_once():
    dataset, seen, calls = SmallGrid(), [], []

    def encode(images):
        factors = images[:, 0, :, 0].astype(int)
        seen.extend(np.ravel_multi_index(tuple(factors.T), SIZES))
        return factors

    score = factor_vae_score(
        encode,
        dataset,
        train_points=40,
        test_points=2,
        images_per_vote=3,
        variance_points=100,
        batch_size=100,
        progress=lambda done, total: calls.append((done, total)),
    )
    assert len(seen) == len(set(seen)) == score.settings["distinct_images"]
    assert calls == [
        *((done, len(seen)) for done in range(100, len(seen), 100)),
        (len(seen), len(seen)),
    ]


def test_codes_that_fill_the_memory_give_the_same_score(monkeypatch):
    score = factor_vae_score(small_codes, SmallGrid(), **SMALL)
    monkeypatch.setattr(encoding, "MAX_TABLE_BYTES", 100)
    again = factor_vae_score(small_codes, SmallGrid(), **SMALL)
    assert again.as_dict()["parts"] == score.as_dict()["parts"]
    assert again.settings == score.settings


def test_the_record_says_all_that_made_it():
    score = factor_vae_score(
        lambda images: np.hstack([np.zeros((len(images), 1)), small_codes(images)]),
        SmallGrid(),
        seed=4,
        **SMALL,
    )
    record = json.loads(score.to_json())
    assert record["name"] == "factor_vae_score"
    assert record["protocol"] == "custom"
    assert record["seed"] == 4
    assert record["seconds"] > 0
    assert record["settings"] == {
        "factor_names": list(NAMES),
        "images_per_vote": 64,
        "prune_below": 0.05,
        **SMALL,
        "dataset": "factor_pixels",
        "distinct_images": record["settings"]["distinct_images"],
        "latent_dim": 4,
    }
    parts = record["parts"]
    assert parts["active_codes"] == [1, 2, 3]
    assert (parts["num_active_dims"], parts["num_active_dims_reported"]) == (3, 4)
    assert np.sum(parts["votes_train"]) == 600
    assert np.sum(parts["votes_eval"]) == 400
    np.testing.assert_allclose(parts["global_variances"], [0, 1, 1, 1], atol=0.2)


def test_a_seed_gives_the_same_score_again_and_another_seed_another():
    first, again, other = (
        factor_vae_score(small_codes, SmallGrid(), seed=seed, **SMALL).as_dict()
        for seed in (1, 1, 2)
    )
    assert first["parts"] == again["parts"]
    assert first["parts"] != other["parts"]


def test_the_batch_size_changes_nothing():
    parts = [
        factor_vae_score(
            small_codes, SmallGrid(), batch_size=size, images_per_vote=4, **SMALL
        ).as_dict()["parts"]
        for size in (37, 5000)
    ]
    assert parts[0] == parts[1]


def test_settings_can_be_asked_for_before_anything_is_encoded():
    name, settings = factor_vae_settings(FactorPixels(), prune_below=0)
    assert name == "custom"
    assert settings["factor_names"] == DSPRITES_NAMES
    assert settings["prune_below"] == 0
    assert factor_vae_settings(FactorPixels())[0] == "locatello2019"


def test_the_scale_free_score_is_never_of_a_published_protocol():
    name, settings = scale_free_factor_vae_settings(FactorPixels(), "locatello2019")
    assert name == "custom"
    assert settings["prune_below_share"] == 0.05
    assert "prune_below" not in settings
    with pytest.raises(ValueError, match="received protocol='kim2018'"):
        scale_free_factor_vae_settings(FactorPixels(), "kim2018")


# ---- bad input -------------------------------------------------------------------


def test_a_data_set_without_factors_is_refused():
    with pytest.raises(ValueError, match="no_factors"):
        factor_vae_score(small_codes, NoFactors())


def test_two_factors_must_vary():
    with pytest.raises(ValueError, match=r"^The FactorVAE metric must .* received 1"):
        factor_vae_score(small_codes, FactorPixels(("a", "b"), (5, 1)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"protocol": "kim2018"}, "received protocol='kim2018'"),
        ({"images_per_vote": 1}, "received images_per_vote=1"),
        ({"variance_points": 1}, "received variance_points=1"),
        ({"images_per_vote": 0}, "received images_per_vote=0"),
        ({"prune_below": -0.1}, "received prune_below=-0.1"),
        ({"pairs": 64}, "received pairs with protocol='locatello2019'"),
        ({"seed": None}, "received seed=None"),
        ({"batch_size": 0}, "received batch_size=0"),
        ({"train_points": 1}, "received 1 that all fixed the same one"),
    ],
)
def test_an_argument_out_of_range_is_named(arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        factor_vae_score(small_codes, SmallGrid(), **arguments)


@pytest.mark.parametrize("share", [-0.1, 1.0, float("nan"), "0.05", None, [0.1]])
def test_a_share_out_of_range_is_named(share):
    message = re.escape(f"received prune_below_share={share!r}")
    with pytest.raises(ValueError, match=message):
        scale_free_factor_vae_score(small_codes, SmallGrid(), share)


def test_the_scale_free_score_knows_no_absolute_threshold():
    with pytest.raises(ValueError, match="received prune_below with"):
        scale_free_factor_vae_score(small_codes, SmallGrid(), prune_below=0.1)


def test_codes_that_cannot_have_a_variance_are_refused():
    with pytest.raises(ValueError, match="received numbers up to"):
        factor_vae_score(lambda x: 1e200 * small_codes(x), SmallGrid(), **SMALL)


def test_the_output_of_model_encode_is_recognised():
    with pytest.raises(ValueError, match=r"pass lambda images: model\.encode"):
        factor_vae_score(lambda x: (x, x), SmallGrid(), **SMALL)
