import pytest

from keras_bvae.datasets.own.delimited_text import parted_rows


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("file,a\nx.png,1,5\n", [["file", "a"], ["x.png", "1", "5"]]),
        ("file;a\nx.png;1,5\ny.png;2\n", [["file", "a"], ["x.png", "1.5"], None]),
        ("file\ta\nx.png\t1,5\ny.png\tb\n", [["file", "a"], ["x.png", "1,5"], None]),
        ("file;size, mm\nx.png;2\n", [["file", "size, mm"], ["x.png", "2"]]),
        ("sep=;\r\nfile;a\r\nx.png;2\r\n", [["file", "a"], ["x.png", "2"]]),
        ('"a;b",c\n1,2\n', [["a;b", "c"], ["1", "2"]]),
        ("a\n1\n", [["a"], ["1"]]),
        (",\n", []),
        ("", []),
    ],
)
def test_the_delimiter_that_fits_parts_the_rows(text, expected):
    found = [values for _, values in parted_rows(text)]
    assert len(found) == len(expected)
    for row, wanted in zip(found, expected, strict=True):
        assert wanted in (None, row)


def test_rows_know_their_lines():
    assert [line for line, _ in parted_rows("sep=;\na;b\n\n1;2\n")] == [2, 4]
