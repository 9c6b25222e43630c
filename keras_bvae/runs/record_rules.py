"""What must stand in a record that is read: a table of fields, each with its rule.

A rule is a function `(place, value)` that raises unless the value is as it must be;
`place` is where it stands, as it is named in the sentence. Records come from other
versions too: a field that no table knows is let through.
"""

from keras_bvae.errors import InvalidValue
from keras_bvae.rules import is_finite, is_whole, shown

# JSON holds whole numbers up to here.
_MOST = 2**53
_LONGEST_TEXT = 10_000


def text(place, value):
    """Text, not a book."""
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        raise _unlike(place, "text", value)


def whole(place, value):
    """A whole number of 0 or more."""
    if not is_whole(value, 0, _MOST):
        raise _unlike(place, "a whole number >= 0", value)


def number(place, value):
    """A finite number."""
    if not is_finite(value, -1e300, 1e300):
        raise _unlike(place, "a finite number", value)


def duration(place, value):
    """Seconds."""
    if not is_finite(value, 0, _MOST):
        raise _unlike(place, "a number of seconds >= 0", value)


def optional(rule):
    """The rule, or None."""

    def require(place, value):
        if value is not None:
            rule(place, value)

    return require


def list_of(rule, length=None):
    """A list, each entry by one rule; of one length if that is given."""

    def require(place, value):
        if not isinstance(value, list):
            raise _unlike(place, "a list", value)
        if length is not None and len(value) != length:
            raise _unlike(place, f"a list of {length}", value)
        for index, entry in enumerate(value):
            rule(f"{place}[{index}]", entry)

    return require


def dict_of(rule):
    """A dict, each value by one rule."""

    def require(place, value):
        if not isinstance(value, dict):
            raise _unlike(place, "an object", value)
        for name, entry in value.items():
            rule(_inside(place, name), entry)

    return require


def fields(table, needed=()):
    """A dict with some fields.

    Args:
        table: dict, a rule by a field's name.
        needed: names of fields that may not be missing.
    """

    def require(place, value):
        dict_of(lambda place, entry: None)(place, value)
        lacking = [name for name in needed if name not in value]
        if lacking:
            raise InvalidValue(f"{place or 'it'} lacks {', '.join(lacking)}")
        for name, rule in table.items():
            if name in value:
                rule(_inside(place, name), value[name])

    return require


def table(place, value):
    """Rows of numbers, all of one length, at least one of each."""
    list_of(list_of(number))(place, value)
    if not value or not value[0] or len({len(row) for row in value}) > 1:
        raise InvalidValue(f"`{place}` must be rows of one length")


def _inside(place, name):
    return f"{place}.{name}" if place else shown(name)[1:-1]


def _unlike(place, rule, value):
    subject = f"`{place}`" if place else "it"
    return InvalidValue(f"{subject} must be {rule}; it is {shown(value)}")
