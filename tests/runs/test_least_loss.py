import json
import math

import pytest

from keras_bvae.errors import InvalidValue
from keras_bvae.runs.least_loss import LeastLoss, require_least_loss

# Nothing here knows a backend.
pytestmark = pytest.mark.across_backends


def judged(*losses, patience=2):
    least = LeastLoss(patience)
    return least, [
        least.judge(loss, step)
        for step, loss in enumerate(losses, 1)
        if least.stopped_at is None
    ]


def test_the_least_of_all_rounds_is_known_and_how_long_ago_it_was():
    least, answers = judged(5.0, 4.0, 4.0, 3.0, 3.5, patience=0)
    assert answers == [True, True, False, True, False]
    assert (least.loss, least.step, least.waited, least.stopped_at) == (3.0, 4, 1, None)


def test_it_is_enough_after_so_many_rounds_in_a_row():
    least, answers = judged(5.0, 6.0, 4.0, 4.0, 4.5, 1.0)
    assert answers == [True, False, True, False, False]
    assert least.stopped_at == 5


def test_what_is_no_number_is_never_the_least():
    least, answers = judged(math.nan, 2.0, -math.inf, math.inf, patience=9)
    assert answers == [False, True, False, False]
    assert least.loss == 2.0


def test_it_goes_on_from_its_state():
    least, _ = judged(5.0, 6.0)
    other = LeastLoss(2)
    other.restore(json.loads(json.dumps(least.state())))
    assert not other.judge(5.0, 3)
    assert other.stopped_at == 3


def test_who_is_asked_to_go_on_has_new_patience():
    least, _ = judged(5.0, 6.0, 6.0)
    again = LeastLoss(2, goes_on=True)
    again.restore(least.state())
    assert (again.loss, again.waited, again.stopped_at) == (5.0, 0, None)
    still = LeastLoss(2)
    still.restore(least.state())
    assert (still.waited, still.stopped_at) == (2, 3)


@pytest.mark.parametrize(
    "changes",
    [{"loss": "low"}, {"step": -1}, {"waited": None}, {"stopped_at": 1.5}],
    ids=str,
)
def test_a_damaged_state_is_named(changes):
    with pytest.raises(InvalidValue, match="the least loss is"):
        require_least_loss({**LeastLoss().state(), **changes})
