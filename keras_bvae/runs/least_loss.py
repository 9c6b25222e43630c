"""The least loss so far: of which step it is, and how long ago that was."""

import math

from keras_bvae.errors import InvalidValue
from keras_bvae.rules import is_finite, is_whole, shown


class LeastLoss:
    """Counts rounds since a loss was the least.

    Args:
        patience: int >= 0, after how many rounds in a row without a lesser one it is
            enough; 0: never.
        goes_on: bool, whether a run that it ended before goes on because somebody asked
            for it: the count begins anew then.

    Attributes:
        loss, step: of the least; None before there is one.
        waited: int, rounds since.
        stopped_at: int or None, the step at which it was enough.
    """

    def __init__(self, patience=0, goes_on=False):
        self.patience = patience
        self.goes_on = goes_on
        self.loss = self.step = self.stopped_at = None
        self.waited = 0

    def judge(self, loss, step):
        """Takes a round's loss; returns whether it is the least so far."""
        is_least = math.isfinite(loss) and (self.loss is None or loss < self.loss)
        if is_least:
            self.loss, self.step, self.waited = loss, step, 0
            return True
        self.waited += 1
        if self.patience and self.waited >= self.patience:
            self.stopped_at = step
        return False

    def state(self):
        """dict for JSON."""
        names = ("loss", "step", "waited", "stopped_at")
        return {name: getattr(self, name) for name in names}

    def restore(self, state):
        """Takes back what `state` gave.

        Raises:
            InvalidValue: it is no such state.
        """
        require_least_loss(state)
        self.loss, self.step = state["loss"], state["step"]
        self.waited, self.stopped_at = state["waited"], state["stopped_at"]
        if self.goes_on and self.stopped_at is not None:
            self.waited, self.stopped_at = 0, None


def require_least_loss(state):
    """Raises unless a state is one of `LeastLoss`.

    Raises:
        InvalidValue: it is not.
    """
    is_one = isinstance(state, dict) and (
        _is_none_or(is_finite, state.get("loss"))
        and _is_none_or(is_whole, state.get("step"), 0)
        and _is_none_or(is_whole, state.get("stopped_at"), 0)
        and is_whole(state.get("waited"), 0)
    )
    if not is_one:
        raise InvalidValue(f"the least loss is {shown(state)}")


def _is_none_or(rule, value, *bounds):
    return value is None or rule(value, *bounds)
