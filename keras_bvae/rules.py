"""The rule that a name must be one of a few, with the nearest one as a hint."""

import difflib


def require_one_of(what, value, choices):
    """Raises unless a value is among the choices.

    Args:
        what: subject of the sentence, as "A network" or "`variant`".
        value: what arrived.
        choices: the names that are allowed.

    Raises:
        ValueError: it is not among them.
    """
    if value in choices:
        return
    near = difflib.get_close_matches(str(value), list(choices), n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(
        f"{what} must be one of {', '.join(choices)}; received {value!r}.{hint}"
    )
