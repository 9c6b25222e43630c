"""A report as one page of HTML, and what its sections are made of."""

from dataclasses import dataclass
from importlib import resources
from typing import ClassVar

import jinja2
from markupsafe import Markup

from keras_bvae.errors import printable

_LONGEST = 20_000  # letters of one text; a book would hide the rest
_FOLDER = resources.files("keras_bvae.report")


def page(title, lead, sections, footer):
    """The page as text.

    Args:
        title, lead, footer: str: the heading, a sentence or two, the last line.
        sections: `Section` each.

    Returns:
        str, HTML. All text is escaped; formulas alone are markup.
    """
    environment = jinja2.Environment(
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
    )
    template = environment.from_string(_read("template.html.jinja"))
    return template.render(
        title=title,
        lead=lead,
        sections=sections,
        footer=footer,
        style=Markup(_read("style.css")),
        script=Markup(_read("script.js")),
    )


@dataclass(frozen=True)
class Section:
    """A part of the page with a heading, reached from the navigation.

    Attributes:
        anchor: str, its id in the page: small letters and hyphens.
        title: str.
        blocks: tuple of the classes below.
    """

    anchor: str
    title: str
    blocks: tuple


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str
    kind: ClassVar[str] = "text"


@dataclass(frozen=True)
class Formula:
    """A formula as `markupsafe.Markup`, and what its letters stood for."""

    markup: str
    values: str = ""
    kind: ClassVar[str] = "formula"


@dataclass(frozen=True)
class KeyNumbers:
    """A few numbers to see first: `(name, value, note)` each."""

    numbers: tuple
    kind: ClassVar[str] = "key_numbers"


@dataclass(frozen=True)
class Pairs:
    """Names and values, many of them, below a caption.

    Attributes:
        caption: str.
        pairs: tuple of `(name, value, is_marked)`; the caption says what a mark means.
    """

    caption: str
    pairs: tuple
    kind: ClassVar[str] = "pairs"


@dataclass(frozen=True)
class Table:
    """Rows of text below a caption; the first cell of a row is its heading.

    Attributes:
        caption: str.
        columns: tuple of str.
        rows: tuple of tuples of str, as long as `columns`.
        numbers: tuple of int, columns that are set flush right.
    """

    caption: str
    columns: tuple
    rows: tuple
    numbers: tuple = ()
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Picture:
    """An image that lies in the page itself.

    Attributes:
        source: str, a `data:` address.
        description: str, for those who cannot see it.
        caption: str, may be empty.
        width, height: ints, CSS pixels at which it is sharp.
    """

    source: str
    description: str
    caption: str
    width: int
    height: int
    kind: ClassVar[str] = "picture"


@dataclass(frozen=True)
class Command:
    """A line for a terminal, with a button that copies it, below a sentence."""

    text: str
    line: str
    kind: ClassVar[str] = "command"


def _shown(value):
    """A text as the page can hold it; pictures and markup of our own as they are."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    is_picture = value.startswith("data:image/")
    return printable(value, longest=len(value) if is_picture else _LONGEST)


def _read(name):
    return _FOLDER.joinpath(name).read_text(encoding="utf-8")
