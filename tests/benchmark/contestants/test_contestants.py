import keras
import pytest
from tiny_workload import tiny_workload

from keras_bvae.benchmark.contestants import contestants_of


@pytest.mark.parametrize("backend", ["jax", "tensorflow", "torch"])
def test_ours_comes_first_and_a_loop_of_the_framework_is_there(backend):
    names = list(contestants_of(backend))
    assert names[:2] == ["ours", "keras_fit"]
    assert any(name.endswith("_loop") for name in names)


def test_what_compiles_for_long_can_be_left_out():
    assert "pytorch_loop_compiled" in contestants_of("torch")
    assert list(contestants_of("torch", compiled=False)) == [
        "ours",
        "keras_fit",
        "pytorch_loop",
    ]


def test_every_contestant_of_this_backend_can_be_made():
    workload = tiny_workload()
    for contestant in contestants_of(keras.backend.backend()).values():
        assert callable(contestant.make(workload).run)
