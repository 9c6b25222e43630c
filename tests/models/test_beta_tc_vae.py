import re

import keras
import numpy as np
import pytest
from component_contracts import assert_is_the_plain_vae, assert_model_contract
from numbered_run import Squares
from small_model import SuppliedNoise, small_images, small_model_of, small_networks

import keras_bvae as kb
from keras_bvae.losses.minibatch_decomposition import ESTIMATORS
from keras_bvae.models.beta_tc_vae import images_in


def number(variable):
    return float(keras.ops.convert_to_numpy(variable))


# ---- the objective -------------------------------------------------------------


def test_beta_tc_vae_keeps_its_contract(tmp_path, monkeypatch):
    assert_model_contract(small_model_of(kb.BetaTCVAE), tmp_path, monkeypatch)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_all_strengths_1_is_the_vae(estimator, monkeypatch):
    model = small_model_of(
        kb.BetaTCVAE, beta=1.0, dataset_size=1000, estimator=estimator
    )
    assert_is_the_plain_vae(model, small_images(16), monkeypatch)


def test_the_loss_is_made_of_the_logged_terms():
    model = small_model_of(
        kb.BetaTCVAE, beta=5.0, alpha=0.5, gamma=2.0, dataset_size=32
    )
    logs = model.evaluate(small_images(16), batch_size=16, verbose=0, return_dict=True)
    expected = (
        logs["reconstruction"]
        + logs["kl"]
        + (0.5 - 1) * logs["mutual_information"]
        + (5 - 1) * logs["total_correlation"]
        + (2 - 1) * logs["dimension_wise_kl"]
    )
    np.testing.assert_allclose(logs["loss"], expected, rtol=1e-5)


def test_the_three_terms_average_to_the_kl():
    """The KL in closed form is what the one-sample terms estimate."""
    images = small_images(64)
    model = small_model_of(kb.BetaTCVAE, dataset_size=64)
    runs = [
        model.evaluate(images, batch_size=64, verbose=0, return_dict=True)
        for _ in range(20)
    ]
    sums = [
        logs["mutual_information"]
        + logs["total_correlation"]
        + logs["dimension_wise_kl"]
        for logs in runs
    ]
    error = np.std(sums) / np.sqrt(len(sums))
    assert abs(np.mean(sums) - runs[0]["kl"]) < 4 * error


def test_a_density_needs_two_images():
    model = small_model_of(kb.BetaTCVAE)
    with pytest.raises(ValueError, match="received batch_size=1"):
        model.fit(small_images(4), batch_size=1, verbose=0)


@pytest.mark.parametrize("name", ["alpha", "beta", "gamma"])
def test_negative_strengths_are_named(name):
    with pytest.raises(ValueError, match=re.escape(f"received {name}=-1.0")):
        kb.BetaTCVAE(*small_networks(), **{name: -1.0})


def test_an_unknown_estimator_is_named():
    with pytest.raises(ValueError, match="Did you mean 'minibatch_weighted'"):
        kb.BetaTCVAE(*small_networks(), estimator="minibatch_weight")


# ---- the size of the data set --------------------------------------------------


def test_each_array_that_is_fitted_tells_its_size():
    model = small_model_of(kb.BetaTCVAE)
    for count in (24, 16):
        model.fit(small_images(count), batch_size=8, verbose=0)
        assert number(model.dataset_size) == count


def test_batches_tell_the_size_of_their_data_set():
    model = small_model_of(kb.BetaTCVAE)
    model.require_training_data(Squares().batches(8), 8)
    assert number(model.dataset_size) == 36.0


def test_a_learned_size_is_in_the_file(tmp_path):
    model = small_model_of(kb.BetaTCVAE)
    model.require_training_data(small_images(24), 8)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert number(loaded.dataset_size) == 24.0
    assert loaded.get_config()["dataset_size"] == 24


def test_the_users_number_stays():
    model = small_model_of(kb.BetaTCVAE, dataset_size=1000)
    model.require_training_data(small_images(24), 8)
    assert number(model.dataset_size) == 1000.0
    model.require_training_data(Squares().batches(8), 8)
    assert number(model.dataset_size) == 1000.0


def test_a_number_assigned_later_stays_too():
    model = small_model_of(kb.BetaTCVAE)
    model.require_training_data(small_images(24), 8)
    model.dataset_size = 1000
    model.require_training_data(small_images(16), 8)
    assert number(model.dataset_size) == 1000.0
    model.dataset_size = None
    model.require_training_data(small_images(16), 8)
    assert number(model.dataset_size) == 16.0


def test_one_compiled_step_serves_any_size(monkeypatch):
    """Weighted sampling: log q(z) has -log(N), and so has each of the 3 latents."""
    monkeypatch.setattr(keras.random, "normal", SuppliedNoise(np.zeros((8, 3))))
    model = small_model_of(
        kb.BetaTCVAE, dataset_size=100, estimator="minibatch_weighted"
    )
    logs = []
    for size in (100, 200):
        model.dataset_size = size
        logs.append(
            model.evaluate(small_images(8), batch_size=8, verbose=0, return_dict=True)
        )
    shift = {name: logs[1][name] - logs[0][name] for name in logs[0]}
    np.testing.assert_allclose(shift["mutual_information"], np.log(2), rtol=1e-4)
    # -log(N) + 3 log(N)
    np.testing.assert_allclose(shift["total_correlation"], 2 * np.log(2), rtol=1e-4)
    np.testing.assert_allclose(shift["dimension_wise_kl"], -3 * np.log(2), rtol=1e-4)


def test_data_without_a_length_are_refused_before_the_first_step():
    model = small_model_of(kb.BetaTCVAE)
    images = (small_images(8) for _ in range(3))
    with pytest.raises(ValueError, match="data that has no length"):
        model.fit(images, verbose=0)
    assert int(model.step) == 0
    assert len(list(images)) == 3


def test_a_size_may_be_named_for_data_without_a_length():
    model = small_model_of(kb.BetaTCVAE, dataset_size=1000)
    model.require_training_data((small_images(8) for _ in range(3)), None)
    assert number(model.dataset_size) == 1000.0


def test_images_are_counted_where_data_says_how_many():
    assert images_in(small_images(5)) == 5
    assert images_in(Squares().batches(10, endless=True)) == 36
    assert images_in(iter([])) is None
    assert images_in(np.float32(3)) is None


@pytest.mark.parametrize("size", [1, 0, -5, 2.5, 64.0, True, "64"])
def test_a_size_must_be_whole_and_above_1(size):
    sentence = "`dataset_size` must be a whole number >= 2, or None; received "
    with pytest.raises(ValueError, match=re.escape(f"{sentence}dataset_size={size!r}")):
        small_model_of(kb.BetaTCVAE, dataset_size=size)
