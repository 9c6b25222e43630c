"""What goes to a terminal: no orders of others, and letters that it can show.

Keras-free, so it has the rule of `keras_bvae.errors.printable` again; a test compares.
"""

import codecs
import re
import sys

import click

LONGEST = 2000
_ORDERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
# Of what we print ourselves: as wide, where it can be, so that columns stay columns.
_IN_ASCII = str.maketrans(
    {"β": "b", "γ": "g", "λ": "l", "α": "a", "σ": "s", "±": "~", "×": "x", "·": "."}
    | {"…": ".", "–": "-", "−": "-", "²": "2", "█": "#", "✓": "v", "’": "'", "≥": ">"}
)
_HANDLER = "kbvae.in_ascii"


def printable(text, longest=LONGEST):
    """A text without control characters, which come as escapes, and its middle cut."""
    text = str(text)
    if len(text) > longest:
        half = longest // 2
        text = f"{text[:half]} … ({len(text):,} characters) … {text[-half:]}"
    return _ORDERS.sub(lambda found: ascii(found[0])[1:-1], text)


def one_line(text):
    """A text in one printable line."""
    # Of a book the middle is left out before its words are looked at.
    return printable(" ".join(_cut(text).split()))


def say(text, err=False):
    """Prints a text of several lines, all of it; the names in it give no orders."""
    click.echo(printable(text, sys.maxsize), err=err)


def take_any_letter():
    """Lets the output have letters that its encoding lacks, instead of ending there."""
    codecs.register_error(_HANDLER, _in_ascii)
    if getattr(sys.stdout, "errors", None) == "strict":
        sys.stdout.reconfigure(errors=_HANDLER)


def _cut(text):
    text = str(text)
    return text if len(text) <= 4 * LONGEST else printable(text)


def _in_ascii(error):
    wrong = error.object[error.start : error.end]
    known = wrong.translate(_IN_ASCII)
    return known.encode("ascii", "backslashreplace").decode("ascii"), error.end
