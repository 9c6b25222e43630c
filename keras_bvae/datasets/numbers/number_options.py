"""What a name says of a table or an array: columns, windows of rows, kinds of axes."""

from keras_bvae.datasets.values import KINDS
from keras_bvae.errors import InvalidValue
from keras_bvae.rules import require_one_of


def columns_of_text(word, text):
    """Names of columns behind `+word=`, with commas between them.

    Returns:
        tuple of str.

    Raises:
        InvalidValue: there is none, or an empty one.
    """
    names = tuple(name.strip() for name in (text or "").split(","))
    if all(names):
        return names
    raise InvalidValue(
        f"+{word} must be followed by names of columns, with commas; received "
        f"{_written(word, text)}. Write +{word}=first,second."
    )


def rows_of_text(word, text):
    """A number of rows behind `+word=`; else InvalidValue."""
    if text is not None and text.isdecimal() and text.isascii() and len(text) < 10:
        return int(text)
    raise InvalidValue(
        f"+{word} must be followed by a number of rows; received "
        f"{_written(word, text)}. Write +{word}=50."
    )


def kind_of_text(text):
    """What the axes of an array are, as `+as=` says; else InvalidValue."""
    require_one_of("+as", text, tuple(KINDS.values()))
    return text


def member_of_text(text):
    """The array of an .npz file that `+member=` names; else InvalidValue."""
    if text:
        return text
    raise InvalidValue(
        f"+member must be followed by the name of an array; received "
        f"{_written('member', text)}. Write +member=x_train."
    )


def _written(word, text):
    return f"+{word}" if text is None else f"+{word}={text}"
