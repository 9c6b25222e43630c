import json
from pathlib import Path

import numpy as np
import pytest
from small_model import small_model, small_networks

import keras_bvae as kb
from keras_bvae.evaluation.model_state import model_state
from keras_bvae.models.checkpoint import load_checkpoint, save_checkpoint

KEPT = Path(__file__).parents[1] / "fixtures" / "version_0_5_0"


def images(count=16):
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (count, 8, 8, 1)).astype("uint8")


@pytest.mark.parametrize(
    "make",
    [
        lambda: small_model(seed=1),
        lambda: kb.FactorVAE(*small_networks(), seed=1),
        lambda: kb.BetaTCVAE(*small_networks(), dataset_size=16, seed=1),
    ],
    ids=["beta_vae", "factor_vae", "beta_tc_vae"],
)
def test_a_state_is_known_again_after_saving_and_another_after_a_step(make, tmp_path):
    model = make()
    if not model.compiled:
        model.compile()
    model.fit(images(), batch_size=8, verbose=0)
    state = model_state(model)
    assert state["step"] == 2
    save_checkpoint(model, tmp_path / "a.keras")
    assert model_state(load_checkpoint(tmp_path / "a.keras")) == state
    model.evaluate(images(), verbose=0)
    model.encode(images())
    assert model_state(model) == state
    model.fit(images(), batch_size=8, verbose=0)
    assert model_state(model)["weights_sha256"] != state["weights_sha256"]


def test_the_least_change_of_one_weight_is_another_state():
    model = small_model()
    before = model_state(model)["weights_sha256"]
    kernel = model.encoder.layers[-1].kernel
    changed = np.array(kernel)
    changed[0, 0] = np.nextafter(changed[0, 0], np.float32(9))
    kernel.assign(changed)
    assert model_state(model)["weights_sha256"] != before


def test_a_file_has_one_state_on_every_backend():
    """It was made on TensorFlow, the digest on PyTorch."""
    expected = json.loads((KEPT / "expected.json").read_text("utf-8"))
    model = load_checkpoint(KEPT / "run" / "ckpt.keras")
    assert model_state(model) == expected["state"]
