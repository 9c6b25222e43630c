import dataclasses
from html.parser import HTMLParser

import pytest
from markupsafe import Markup
from small_run import HOSTILE

from keras_bvae.report import page as blocks
from keras_bvae.report.page import (
    Command,
    Formula,
    KeyNumbers,
    Pairs,
    Picture,
    Section,
    Table,
    Text,
    page,
)

KINDS = [
    value
    for value in vars(blocks).values()
    if dataclasses.is_dataclass(value) and value is not blocks.Section
]


def test_every_block_has_a_kind_of_its_own():
    kinds = [block.kind for block in KINDS]
    assert len(set(kinds)) == len(kinds) > 5


@pytest.mark.parametrize("block", KINDS)
def test_blocks_cannot_be_changed(block):
    fields = {field.name: () for field in dataclasses.fields(block)}
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign"):
        block(**fields).caption = "another"


PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="


class Parsed(HTMLParser):
    """Tags with their attributes, text by tag, and whether all was closed in order."""

    EMPTY = ("meta", "link", "img")

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self.open = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if data.strip():
            self.texts.append((self.open[-1], " ".join(data.split())))

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]

    def text_of(self, tag):
        return [text for name, text in self.texts if name == tag]


def parsed(*blocks, title="beta4"):
    sections = [Section("run", "What was run", blocks), Section("data", "Data", ())]
    return Parsed(page(title, "A lead.", sections, "A footer."))


def test_the_page_is_whole_and_names_its_sections():
    found = parsed(Text("Words."))
    assert found.open == []
    assert found.text_of("h1") == found.text_of("title") == ["beta4"]
    assert found.text_of("h2") == ["What was run", "Data"]
    assert [section["id"] for section in found.all("section")] == ["run", "data"]
    links = [link["href"] for link in found.all("a")]
    assert links == ["#run", "#run", "#data"]  # the first skips the navigation
    assert found.text_of("p") == ["A lead.", "Words.", "A footer."]
    assert found.all("html") == [{"lang": "en"}]


def test_every_id_stands_once():
    found = parsed(Pairs("Settings", ()))
    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids)) == 5


def test_tables_say_what_their_rows_and_columns_are():
    rows = (("row 1", "2.5"), ("row 2", "3.5"))
    found = parsed(Table("A caption", ("name", "value"), rows, numbers=(1,)))
    assert found.text_of("caption") == ["A caption"]
    scopes = [heading["scope"] for heading in found.all("th")]
    assert scopes == ["col", "col", "row", "row"]
    assert found.text_of("th") == ["name", "value", "row 1", "row 2"]
    assert [cell.get("class") for cell in found.all("td")] == ["number", "number"]


def test_a_table_without_headings_has_no_empty_ones():
    found = parsed(Table("A caption", ("", ""), (("name", "value"),)))
    assert found.all("thead") == []


def test_pictures_have_words_and_a_size():
    found = parsed(Picture(PIXEL, "a pixel", "A caption.", 300, 200))
    (image,) = found.all("img")
    assert (image["src"], image["alt"]) == (PIXEL, "a pixel")
    assert (image["width"], image["height"]) == ("300", "200")
    assert found.text_of("figcaption") == ["A caption."]
    assert parsed(Picture(PIXEL, "a pixel", "", 300, 200)).all("figcaption") == []


def test_numbers_pairs_and_formulas_are_printed():
    found = parsed(
        KeyNumbers((("KL", "9.51", "nats"),)),
        Pairs("Bold ones differ", (("beta", "4", False), ("steps", "40", True))),
        Formula(Markup("β · KL<sub>j</sub>"), "β = 4"),
    )
    assert found.text_of("strong") == ["9.51"]
    assert found.text_of("dt") == ["KL", "beta", "steps"]
    assert found.text_of("sub") == ["j"]
    assert [d for d in found.all("div") if d.get("class") == "marked"]


def test_a_command_is_copied_as_it_is():
    line = "kbvae train --data 'images:my  pictures'"
    found = parsed(Command("Again", line))
    words = line.split(" ")
    assert found.text_of("span") == [word for word in words if word]
    assert len(found.all("span")) == len(words)


@pytest.mark.parametrize(
    "block",
    [
        Text(HOSTILE),
        KeyNumbers(((HOSTILE,) * 3,)),
        Pairs(HOSTILE, ((HOSTILE, HOSTILE, False),)),
        Table(HOSTILE, (HOSTILE,), ((HOSTILE,),)),
        Picture(PIXEL, HOSTILE, HOSTILE, 1, 1),
        Command(HOSTILE, HOSTILE),
        Formula(HOSTILE, HOSTILE),
    ],
    ids=lambda block: block.kind,
)
def test_text_stays_text(block):
    found = parsed(block, title=HOSTILE)
    assert len(found.all("script")) == 1  # ours
    assert found.text_of("h1") == [HOSTILE]


def test_nothing_is_asked_of_the_network():
    text = page("beta4", "", [Section("run", "Run", (Text("Words."),))], "")
    found = Parsed(text)
    for _, attributes in found.tags:
        for name in ("src", "href"):
            assert attributes.get(name, "#").startswith(("#", "data:"))
    assert "@import" not in text
    assert "url(" not in text
    (policy,) = [m for m in found.all("meta") if "http-equiv" in m]
    assert policy["content"].startswith("default-src 'none'; img-src data:;")


def test_a_page_can_be_written_whatever_a_file_is_called():
    name = "caf\udce9\x1b[2J\u202e"
    text = page(name, name, [Section("run", name, (Text(name),))], name)
    assert text.encode("utf-8")
    assert "caf\\udce9\\x1b[2J\\u202e" in text
    assert "\x1b" not in text


def test_a_book_is_cut_and_a_picture_is_not():
    source = PIXEL + "A" * 100_000
    found = parsed(Text("a" * 3_000_000), Picture(source, "a pixel", "", 1, 1))
    assert len(found.text_of("p")[1]) < 25_000
    assert found.all("img")[0]["src"] == source
