"""What an argument must be: one place for each rule and its sentence.

A whole number is an `int` or a NumPy integer, never a `bool`, and not 2.0. A number is
any real one, NumPy's included, and finite. Each sentence says the rule, what arrived,
and what to do.
"""

import difflib
import math
from numbers import Integral, Real

from keras_bvae.errors import InvalidValue, printable

# Generators of random numbers take seeds of 32 bits.
LARGEST_SEED = 2**32 - 1
# What a sentence repeats of a value.
_LONGEST_SHOWN = 200


def is_whole(value, least=None, most=None):
    """Whether `value` is a whole number within bounds (True and 2.0 are not).

    Args:
        value: anything.
        least, most: int or None, the smallest and the largest that is allowed.
    """
    return (
        isinstance(value, Integral)
        and not isinstance(value, bool)
        and (least is None or value >= least)
        and (most is None or value <= most)
    )


def is_finite(value, least=None, most=None, above=None, below=None):
    """Whether `value` is a finite number within bounds (True is not).

    Args:
        value: anything.
        least, most: number or None, the smallest and the largest that is allowed.
        above, below: number or None, between which the value must lie.
    """
    return (
        isinstance(value, Real)
        and not isinstance(value, bool)
        and _has_an_end(value)
        and (least is None or value >= least)
        and (most is None or value <= most)
        and (above is None or value > above)
        and (below is None or value < below)
    )


def require_whole(name, value, least=None, most=None, advice="", of="", optional=False):
    """Raises unless a value is a whole number within bounds.

    Args:
        name: str, the argument's.
        value: what arrived.
        least, most: int or None, the smallest and the largest that is allowed.
        advice: str, a sentence: what to do.
        of: str, whose argument it is, as "a schedule"; "" where that is plain.
        optional: bool, whether None is allowed too.

    Raises:
        InvalidValue: it is not.
    """
    if is_whole(value, least, most) or (optional and value is None):
        return
    rule = f"a whole number{_bounds(least, most)}"
    raise _unlike(rule, name, value, advice, of, optional)


def require_finite(
    name,
    value,
    least=None,
    most=None,
    above=None,
    advice="",
    of="",
    optional=False,
    below=None,
):
    """Raises unless a value is a finite number within bounds.

    Args:
        name: str, the argument's.
        value: what arrived.
        least, most: number or None, the smallest and the largest that is allowed.
        above, below: number or None, between which the value must lie.
        advice, of, optional: see `require_whole`.

    Raises:
        InvalidValue: it is not.
    """
    if is_finite(value, least, most, above, below) or (optional and value is None):
        return
    rule = f"a finite number{_bounds(least, most, above)}"
    if below is not None:
        rule += f" and < {_number(below)}"
    raise _unlike(rule, name, value, advice, of, optional)


def require_seed(seed, name="seed"):
    """Raises unless a seed is a whole number from 0 to `LARGEST_SEED`.

    Raises:
        InvalidValue: it is not.
    """
    require_whole(name, seed, 0, LARGEST_SEED, advice=f"Use {name}=0.")


def require_seed_of_noise(seed):
    """Raises unless a seed is None or one that Keras's random generators can keep.

    Raises:
        InvalidValue: it is no whole number from 0 to `LARGEST_SEED`.
    """
    require_whole("seed", seed, 0, LARGEST_SEED, "Use seed=0.", optional=True)


def require_one_of(what, value, choices):
    """Raises unless a value is among the choices; names the nearest one.

    Args:
        what: subject of the sentence, as "A network" or "`variant`".
        value: what arrived.
        choices: the names that are allowed.

    Raises:
        InvalidValue: it is not among them.
    """
    choices = list(choices)
    if isinstance(value, str) and value in choices:
        return
    near = difflib.get_close_matches(shown(value).strip("'"), choices, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise InvalidValue(
        f"{what} must be one of {', '.join(choices)}; received {shown(value)}.{hint}"
    )


def shown(value):
    """A value as a sentence repeats it: its `repr`, printable and not too long."""
    try:
        return printable(repr(value), _LONGEST_SHOWN)
    except (ValueError, RecursionError):
        # Python writes no whole number of more than some thousands of digits.
        name = type(value).__name__
        return f"{'an' if name[0] in 'aeiou' else 'a'} {name} too long to be shown"


def _has_an_end(value):
    try:
        return math.isfinite(value)
    except OverflowError:
        return False  # a whole number, or a fraction, beyond every float


def _bounds(least, most, above=None):
    if least is not None and most is not None:
        return f" from {_number(least)} to {_number(most)}"
    if above is not None:
        rest = "" if most is None else f" and <= {_number(most)}"
        return f" > {_number(above)}{rest}"
    if least is not None:
        return f" >= {_number(least)}"
    return "" if most is None else f" <= {_number(most)}"


def _number(bound):
    return f"{bound:,}" if is_whole(bound, least=10**6) else f"{bound:g}"


def _unlike(rule, name, value, advice, of, optional):
    subject = f"`{name}`" + (f" of {of}" if of else "")
    sentence = f"{subject} must be {rule}{', or None' if optional else ''}"
    return InvalidValue(
        f"{sentence}; received {name}={shown(value)}.{f' {advice}' if advice else ''}"
    )
