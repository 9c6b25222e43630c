import re

import pytest

from keras_bvae import datasets
from keras_bvae.errors import InvalidValue
from keras_bvae.models.checkpoint import save_checkpoint
from keras_bvae.runs import Settings
from keras_bvae.runs.checkpoint_of_run import require_checkpoint_of_run
from keras_bvae.runs.run import build_model

pytestmark = pytest.mark.across_backends
OWN = {"data": "digits+size=8", "network": "conv", "latent_dim": 3}


def made(**changes):
    settings = Settings(**{**OWN, **changes})
    return build_model(settings, datasets.load("digits+size=8"))


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """The checkpoint of a run, and its model."""
    path = tmp_path_factory.mktemp("run") / "ckpt.keras"
    model = made()
    save_checkpoint(model, path)
    return path, model


def test_its_own_passes(saved, recwarn):
    require_checkpoint_of_run(*saved, made(), Settings(**OWN))
    assert not [w for w in recwarn if w.category is UserWarning]


@pytest.mark.parametrize(
    ("changes", "there", "here"),
    [
        ({"objective": "dip_vae_i"}, "the objective BetaVAE", "the objective DIPVAE"),
        ({"latent_dim": 5}, "3 latents", "5 latents"),
        (
            {"likelihood": "gaussian"},
            "the likelihood bernoulli",
            "the likelihood gaussian",
        ),
        ({"optimizer": "sgd"}, "the optimizer Adam", "the optimizer SGD"),
        ({"precision": "bfloat16"}, "arithmetic in float32", "bfloat16"),
        ({"network": "higgins2017"}, "another network", "higgins2017"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_another_is_refused_with_both_named(saved, changes, there, here):
    settings = Settings(**{**OWN, **changes})
    with pytest.raises(InvalidValue, match=re.escape(f"holds {there}")) as caught:
        require_checkpoint_of_run(*saved, made(**changes), settings)
    assert here in str(caught.value)


def test_a_strength_that_was_moved_is_told(saved):
    path, model = saved
    with pytest.warns(UserWarning, match=r"has beta = 4, and run\.json says 9"):
        require_checkpoint_of_run(path, model, made(beta=9.0), Settings(**OWN))
