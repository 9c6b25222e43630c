import pytest

from keras_bvae.engine import without_training

pytestmark = pytest.mark.across_backends


def test_training_says_which_backends_can():
    with pytest.raises(NotImplementedError, match="needs the tensorflow, jax or torch"):
        without_training.value_and_grad(lambda: 0, [], [])
    with pytest.raises(NotImplementedError, match="KERAS_BACKEND"):
        without_training.many_steps(None, None)


def test_evaluation_runs_as_it_stands():
    assert without_training.run_step(lambda data: data + 1, None, 2) == 3
    assert not without_training.can_fuse(None)
