"""One seed fixes a run: initial weights, order of the data, noise."""

import pytest
from numbered_run import Squares
from run_content import content, differences
from small_model import small_networks

from keras_bvae import networks
from keras_bvae.rules import LARGEST_SEED
from keras_bvae.runs import run as runs
from keras_bvae.runs.settings import Settings


@pytest.fixture
def trained(tmp_path, monkeypatch):
    """A function of a name and a seed that trains and returns what the run left."""
    monkeypatch.setattr(networks, "build", lambda *arguments: small_networks())

    def train(name, seed):
        settings = Settings(batch_size=8, steps=12, seed=seed)
        runs.start_run(settings, Squares(), tmp_path / name)
        return content(tmp_path / name)

    return train


def test_one_seed_gives_the_same_bytes_and_another_seed_others(trained):
    one, again = trained("one", 5), trained("again", 5)
    other = trained("other", LARGEST_SEED)
    assert differences(one, again) == []
    differ = differences(one, other)
    kernels = [name for name in one if "encoder" in name and one[name].ndim == 2]
    assert kernels
    assert {"history", *kernels} <= set(differ)
