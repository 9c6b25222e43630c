"""What a checkpoint must tell of the place where training is gone on with."""

import contextlib

from keras_bvae.errors import InvalidValue
from keras_bvae.rules import is_finite, is_whole, shown

_PLACES = ("step", "position", "epoch", "done_in_epoch")
# JSON holds whole numbers up to here.
_MOST = 2**53


def require_state(state, step, path):
    """Raises unless a state is one that `ExactResume` saved with the weights.

    Args:
        state: what `read_state` gave.
        step: int, the step that the weights in the same file are of.
        path: Path of the file, for the sentence.

    Raises:
        InvalidValue: it is not.
    """
    for name in _PLACES:
        value = state.get(name)
        if not is_whole(value, 0, _MOST):
            rule = f"`{name}` must be a whole number >= 0; it is {shown(value)}"
            raise _unlike(path, rule)
    if state["step"] != step:
        rule = f"it is of step {state['step']:,}, and the weights are of step {step:,}"
        raise _unlike(path, rule)
    if state["done_in_epoch"] > state["position"]:
        raise _unlike(path, "more is done in the epoch than in all")
    if not isinstance(state.get("callbacks"), dict):
        rule = f"`callbacks` must be an object; it is {shown(state.get('callbacks'))}"
        raise _unlike(path, rule)


def require_counters(state, names):
    """Raises unless a state is a number, or lists of numbers, by known names.

    Args:
        state: what a callback of Keras's own counted.
        names: what it counts.

    Raises:
        InvalidValue: it is not.
    """
    for name, value in state.items():
        if name not in names or not _are_numbers(value):
            raise InvalidValue(f"{shown(name)} is {shown(value)}")


@contextlib.contextmanager
def explained(path, name):
    """Names the file and the callback whose state cannot be taken back."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _unlike(path, f"that of {shown(name)} is odd, {error}") from error


def _are_numbers(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return all(map(_are_numbers, value))
    return value is None or is_finite(value)


def _unlike(path, reason):
    return InvalidValue(
        f"A checkpoint goes on from the state that was saved with it; that of "
        f"{str(path)!r} is damaged ({reason}). Take another checkpoint, or remove it "
        "to train from the beginning."
    )
