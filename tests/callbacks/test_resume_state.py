import re

import pytest

from keras_bvae.callbacks.resume_state import (
    explained,
    require_counters,
    require_state,
)
from keras_bvae.errors import InvalidValue

pytestmark = pytest.mark.across_backends
STATE = {
    "step": 40,
    "position": 40,
    "epoch": 2,
    "done_in_epoch": 10,
    "callbacks": {"History 0": {}},
}


def test_a_state_that_belongs_to_its_weights_passes():
    require_state({**STATE, "of_tomorrow": 1}, 40, "ckpt.keras")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"step": -1}, "`step` must be a whole number >= 0; it is -1"),
        ({"step": None}, "`step` must be a whole number >= 0; it is None"),
        ({"step": 41}, "it is of step 41, and the weights are of step 40"),
        ({"position": 2.0}, "`position` must be a whole number"),
        ({"position": 2**60}, "`position` must be a whole number"),
        ({"epoch": True}, "`epoch` must be a whole number"),
        ({"done_in_epoch": "all"}, "`done_in_epoch` must be a whole number"),
        ({"done_in_epoch": 41}, "more is done in the epoch than in all"),
        ({"callbacks": []}, "`callbacks` must be an object; it is []"),
    ],
    ids=str,
)
def test_an_odd_state_is_one_sentence(changes, said):
    with pytest.raises(InvalidValue, match=re.escape(said)) as caught:
        require_state({**STATE, **changes}, 40, "ckpt.keras")
    assert "'ckpt.keras' is damaged" in str(caught.value)


@pytest.mark.parametrize("name", STATE)
def test_each_field_is_needed(name):
    with pytest.raises(InvalidValue, match=name):
        require_state({k: v for k, v in STATE.items() if k != name}, 40, "ckpt.keras")


def test_counters_are_numbers_of_known_names():
    require_counters({"wait": 3, "history": {"loss": [0.5, None]}}, ("wait", "history"))
    for state in ({"model": 3}, {"wait": "long"}, {"wait": {"a": [1, "b"]}}):
        with pytest.raises(InvalidValue, match="is"):
            require_counters(state, ("wait",))


def test_whose_state_it_is_stands_in_the_sentence():
    with (
        pytest.raises(InvalidValue, match="that of 'Mine 0' is odd, 'wait'"),
        explained("ckpt.keras", "Mine 0"),
    ):
        {}["wait"]
