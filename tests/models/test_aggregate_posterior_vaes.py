import re

import keras
import numpy as np
import pytest
from component_contracts import assert_is_the_plain_vae, assert_model_contract
from small_model import small_images, small_model_of, small_networks

import keras_bvae as kb

# ---- DIP-VAE -------------------------------------------------------------------


@pytest.mark.parametrize("variant", ["i", "ii"])
def test_dip_vae_keeps_its_contract(variant, tmp_path, monkeypatch):
    model = small_model_of(kb.DIPVAE, variant=variant)
    assert_model_contract(model, tmp_path, monkeypatch)


@pytest.mark.parametrize("variant", ["i", "ii"])
def test_dip_vae_without_penalties_is_the_vae(variant, monkeypatch):
    model = small_model_of(kb.DIPVAE, lambda_od=0.0, lambda_d=0.0, variant=variant)
    assert_is_the_plain_vae(model, small_images(16), monkeypatch)


@pytest.mark.parametrize("variant", ["i", "ii"])
def test_penalties_are_those_of_the_codes_covariance(variant):
    model = small_model_of(kb.DIPVAE, lambda_od=3.0, lambda_d=5.0, variant=variant)
    images = small_images(16)
    mean, log_variance = (v.astype("float64") for v in model.encode(images))
    covariance = np.cov(mean.T, bias=True)
    if variant == "ii":  # Kumar et al. 2018, equation 5: Cov[z] = E[Σ(x)] + Cov[μ(x)]
        covariance += np.diag(np.exp(log_variance).mean(0))
    diagonal = ((np.diag(covariance) - 1) ** 2).sum()
    off_diagonal = (covariance**2).sum() - (np.diag(covariance) ** 2).sum()
    logs = model.evaluate(images, batch_size=16, verbose=0, return_dict=True)
    np.testing.assert_allclose(
        logs["off_diagonal_penalty"], 3 * off_diagonal, rtol=1e-4
    )
    np.testing.assert_allclose(logs["diagonal_penalty"], 5 * diagonal, rtol=1e-4)
    expected = logs["reconstruction"] + logs["kl"] + 3 * off_diagonal + 5 * diagonal
    np.testing.assert_allclose(logs["loss"], expected, rtol=1e-5)


@pytest.mark.parametrize(("variant", "ratio"), [("i", 10.0), ("ii", 1.0)])
def test_lambda_d_follows_the_papers_ratio(variant, ratio):
    model = small_model_of(kb.DIPVAE, lambda_od=2.0, variant=variant, compiled=False)
    assert model.get_config()["lambda_d"] == 2.0 * ratio


def test_a_covariance_needs_two_images():
    model = small_model_of(kb.DIPVAE)
    with pytest.raises(ValueError, match="received batch_size=1"):
        model.fit(small_images(4), batch_size=1, verbose=0)


def test_bad_values_of_dip_vae_are_named():
    with pytest.raises(ValueError, match=re.escape("received lambda_od=-1.0")):
        kb.DIPVAE(*small_networks(), lambda_od=-1.0)
    with pytest.raises(ValueError, match="`variant` must be one of i, ii"):
        kb.DIPVAE(*small_networks(), variant="iii")


@pytest.mark.parametrize(("variant", "ratio"), [("i", 10.0), ("ii", 1.0)])
def test_lambda_d_follows_the_schedule_of_lambda_od(variant, ratio, tmp_path):
    schedule = kb.schedules.Linear(0.0, 8.0, 4)
    model = small_model_of(kb.DIPVAE, lambda_od=schedule, variant=variant)
    seen = model.fit(small_images(32), batch_size=8, epochs=2, verbose=0).history
    assert float(model.lambda_d) == 8.0 * ratio
    assert seen["lambda_d"] == [3.0 * ratio, 8.0 * ratio]
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    loaded.fit(small_images(8), verbose=0)
    assert float(loaded.lambda_d) == 8.0 * ratio
    with pytest.raises(ValueError, match="`lambda_d` either follows its schedule"):
        model.lambda_d = 3.0


def test_lambda_d_follows_an_assigned_lambda_od_until_it_is_assigned_itself():
    model = small_model_of(kb.DIPVAE, lambda_od=2.0, compiled=False)
    copy = kb.DIPVAE.from_config(model.get_config())
    for each in (model, copy):
        each.lambda_od = 5.0
        assert float(each.lambda_d) == 50.0
    model.lambda_d = 7.0
    model.lambda_od = 1.0
    assert float(model.lambda_d) == 7.0
    given = small_model_of(kb.DIPVAE, lambda_od=2.0, lambda_d=20.0, compiled=False)
    given.lambda_od = 5.0
    assert float(given.lambda_d) == 20.0
    assert "lambda_d_follows" not in given.get_config()


# ---- InfoVAE -------------------------------------------------------------------


def test_info_vae_keeps_its_contract(tmp_path, monkeypatch):
    assert_model_contract(small_model_of(kb.InfoVAE), tmp_path, monkeypatch)


def test_alpha_0_and_lambda_1_is_the_vae(monkeypatch):
    model = small_model_of(kb.InfoVAE, alpha=0.0, lambda_mmd=1.0)
    assert_is_the_plain_vae(model, small_images(16), monkeypatch)


def test_the_loss_of_info_vae_is_the_papers_sum():
    model = small_model_of(kb.InfoVAE, alpha=0.3, lambda_mmd=20.0, bandwidth=1.5)
    logs = model.evaluate(small_images(16), batch_size=16, verbose=0, return_dict=True)
    expected = logs["reconstruction"] + 0.7 * logs["kl"] + logs["mmd_penalty"]
    np.testing.assert_allclose(logs["loss"], expected, rtol=1e-5)
    assert 0 < logs["mmd_penalty"] < (0.3 + 20.0 - 1) * 2


def test_the_penalty_is_the_mmd_between_codes_and_fresh_draws_of_the_prior():
    model = small_model_of(kb.InfoVAE, alpha=0.0, lambda_mmd=2.0, compiled=False)
    terms = model.elbo_terms(small_images(16))
    state = keras.ops.convert_to_numpy(model.prior_seed.state.value).copy()
    _, penalties = model.objective(terms, lambda v: keras.ops.mean(v, axis=0))
    model.prior_seed.state.assign(state)
    prior = np.float64(keras.random.normal((16, 3), seed=model.prior_seed))
    codes = np.float64(keras.ops.convert_to_numpy(terms.codes))
    # Not the noise of the codes themselves: another random stream.
    assert abs(np.corrcoef(prior.ravel(), codes.ravel())[0, 1]) < 0.5

    def kernel(a, b):  # 2σ² = latent_dim², as in the authors' code
        return np.mean([[np.exp(-((p - q) ** 2).sum() / 9) for q in b] for p in a])

    expected = kernel(codes, codes) + kernel(prior, prior) - 2 * kernel(codes, prior)
    found = keras.ops.convert_to_numpy(penalties["mmd_penalty"])
    np.testing.assert_allclose(found, expected, rtol=1e-3)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"alpha": 1.5}, "received alpha=1.5"),
        ({"lambda_mmd": -1.0}, "received lambda_mmd=-1.0"),
        ({"alpha": 0.2, "lambda_mmd": 0.5}, "received alpha=0.2, lambda_mmd=0.5"),
        ({"bandwidth": 0.0}, "received bandwidth=0.0"),
    ],
)
def test_bad_values_of_info_vae_are_named(bad, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        kb.InfoVAE(*small_networks(), **bad)


def test_an_assignment_must_leave_the_mmd_its_weight():
    model = small_model_of(kb.InfoVAE, alpha=0.0, lambda_mmd=1.0, compiled=False)
    for name, value in (("alpha", -3.0), ("lambda_mmd", 0.5)):
        with pytest.raises(ValueError, match="must be at least 1"):
            setattr(model, name, value)
    assert (float(model.alpha), float(model.lambda_mmd)) == (0.0, 1.0)
    model.lambda_mmd = 4.0
    model.alpha = -3.0


@pytest.mark.parametrize(
    ("alpha", "lambda_mmd", "step"),
    [
        (kb.schedules.Linear(1.0, -5.0, 100), 2.0, "100"),
        (0.0, kb.schedules.Cosine(2.0, 0.5, 70), "70"),
        (0.0, keras.optimizers.schedules.CosineDecay(5.0, 1000), None),
    ],
)
def test_a_schedule_must_leave_the_mmd_its_weight(alpha, lambda_mmd, step):
    said = r"must be at least 1, .* at step " + (step or "")
    with pytest.raises(ValueError, match=said):
        small_model_of(kb.InfoVAE, alpha=alpha, lambda_mmd=lambda_mmd, compiled=False)
    rising, falling = kb.schedules.Linear(0, 1, 9), kb.schedules.Cosine(1, 0, 9)
    small_model_of(kb.InfoVAE, alpha=rising, lambda_mmd=1.0, compiled=False)
    small_model_of(kb.InfoVAE, alpha=1.0, lambda_mmd=falling, compiled=False)
