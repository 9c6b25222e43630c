import re

import numpy as np
import pytest

from keras_bvae.datasets.own.factor_file import factors_of_files, factors_of_rows
from keras_bvae.errors import InvalidValue


def written(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "factors.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_rows_of_files_are_put_in_the_order_of_the_images(tmp_path):
    path = written(
        tmp_path, "file,shape,size\nb/2.png,star,10\na.png,moon,9\nc.png,star,9\n"
    )
    found = factors_of_files(path, ["a.png", "b/2.png", "c.png"])
    assert found.space.names == ("shape", "size")
    # Words by the alphabet, numbers by their size: 9 before 10.
    assert found.values == {"shape": ("moon", "star"), "size": ("9", "10")}
    np.testing.assert_array_equal(found.space.factors, [[0, 0], [1, 1], [1, 0]])


def test_full_grid_in_order_is_a_grid(tmp_path):
    path = written(tmp_path, "x,y\n0,0\n0,1\n1,0\n1,1\n")
    space = factors_of_rows(path, 4).space
    assert space.is_complete
    assert space.sizes == (2, 2)


def test_equal_numbers_written_differently_are_one_class(tmp_path):
    path = written(tmp_path, "angle\n0.50\n-1e1\n.5\n2\n")
    found = factors_of_rows(path, 4)
    np.testing.assert_array_equal(found.space.at(np.arange(4))[:, 0], [1, 0, 1, 2])
    assert found.values == {"angle": ("-1e1", "0.50", "2")}


def test_one_word_makes_words_of_a_column(tmp_path):
    path = written(tmp_path, "kind\n10\n9\nnan\n")
    assert factors_of_rows(path, 3).values == {"kind": ("10", "9", "nan")}


def test_spreadsheet_habits_are_taken(tmp_path):
    text = '\ufeffcolour , size\r\n"red, dark", 1\r\n\r\nblue,2\r\n'
    found = factors_of_rows(written(tmp_path, text), 2)
    assert found.values == {"colour": ("blue", "red, dark"), "size": ("1", "2")}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-8"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_spreadsheets_of_all_countries_save_is_read(tmp_path, delimiter, encoding):
    text = "file,gr\u00f6\u00dfe\r\nx.png,10\r\ny.png,9\r\n".replace(",", delimiter)
    found = factors_of_files(written(tmp_path, text, encoding), ["x.png", "y.png"])
    assert found.values == {"gr\u00f6\u00dfe": ("9", "10")}


def test_decimal_commas_are_numbers_in_their_order(tmp_path):
    found = factors_of_rows(written(tmp_path, "a;b\n10,5;1\n9,25;2\n"), 2)
    assert found.values == {"a": ("9.25", "10.5"), "b": ("1", "2")}


def test_index_column_says_which_image_a_row_is_of(tmp_path):
    path = written(tmp_path, "size,index\n5,2\n6,0\n7,1\n")
    found = factors_of_rows(path, 3)
    assert found.space.names == ("size",)
    np.testing.assert_array_equal(found.space.at([0, 1, 2])[:, 0], [1, 2, 0])


def test_column_that_never_changes_is_no_factor(tmp_path):
    found = factors_of_rows(written(tmp_path, "a,b\n1,1\n1,2\n"), 2)
    assert found.space.names == ("b",)


def test_files_left_out_may_keep_their_rows(tmp_path):
    path = written(tmp_path, "file,a\nx.png,1\ny.png,2\nz.png,3\n")
    found = factors_of_files(path, ["x.png", "z.png"], left_out=["y.png"])
    assert found.values == {"a": ("1", "3")}


def test_a_row_of_a_stack_is_that_of_its_pages(tmp_path):
    stacks = {"s.tif": ["s.tif[0]", "s.tif[1]"]}
    path = written(tmp_path, "file,a\ns.tif,1\nx.png,2\n")
    found = factors_of_files(path, ["s.tif", "x.png"], stacks=stacks)
    assert found.space.at(np.arange(3))[:, 0].tolist() == [0, 0, 1]
    path = written(tmp_path, "file,a\ns.tif[1],1\ns.tif[0],2\nlost.tif[7],3\n")
    found = factors_of_files(path, ["s.tif"], ["lost.tif"], stacks)
    assert found.space.at(np.arange(2))[:, 0].tolist() == [1, 0]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("file,a\ns.tif,1\ns.tif[0],2\n", "line 3 names 's.tif[0]' a second time"),
        ("file,a\ns.tif[0],1\n", "there is no row for 's.tif[1]'"),
        ("file,a\ns.tif[2],1\n", "line 2 names 's.tif[2]', which is no such image"),
    ],
)
def test_pages_without_a_single_row_are_refused(tmp_path, text, problem):
    stacks = {"s.tif": ["s.tif[0]", "s.tif[1]"]}
    with pytest.raises(ValueError, match=re.escape(problem)):
        factors_of_files(written(tmp_path, text), ["s.tif"], stacks=stacks)


def test_names_as_other_systems_write_them_are_found(tmp_path):
    path = written(tmp_path, "file,a\nb\\\u00e9.png,1\nX.PNG,2\n")
    found = factors_of_files(path, ["b/e\u0301.png", "x.png"])
    assert found.values == {"a": ("1", "2")}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("file,a\nx.png,1\n", "there is no row for 'y.png'."),
        ("file,a\nx.png,1\ny.png,2\nq.png,3\n", "line 4 names 'q.png', which is no"),
        ("file,a\nx.png,1\nx.png,2\n", "line 3 names 'x.png' a second time"),
        ("name,a\nx.png,1\ny.png,2\n", "its first column is 'name', not 'file'"),
        ("file,a\nx.png,1\ny.png\n", "line 3 has 1 values for 2 columns"),
        ("file,a\nx.png,1\ny.png,\n", "line 3 has no value for 'a'"),
        ("file,a,a\nx.png,1,1\ny.png,2,2\n", "must be different names"),
        ("file,a\nx.png,1\ny.png,1\n", "it has no column whose value changes"),
        ("file\nx.png\ny.png\n", "it has no column whose value changes"),
        ("file,a\n", "it has no rows below a header"),
        ("", "it has no rows below a header"),
        ('file,a\nx.png,"1\n', "unexpected end of data"),
    ],
)
def test_wrong_table_of_files_is_refused(tmp_path, text, problem):
    with pytest.raises(ValueError, match=re.escape(problem)) as raised:
        factors_of_files(written(tmp_path, text), ["x.png", "y.png"])
    assert "factors.csv" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a\n1\n2\n", "it has 2 rows for 3 images"),
        ("a\n1\n2\n3\n4\n", "it has 4 rows for 3 images"),
        ("index,a\n0,1\n1,2\n3,3\n", "line 4 has the index '3', not 0 … 2"),
        ("index,a\n0,1\n-1,2\n2,3\n", "line 3 has the index '-1'"),
        ("index,a\n0,1\n0,2\n2,3\n", "line 3 has the index 0 a second time"),
        ("index,a\n0,1\n2,3\n", "it has 2 rows for 3 images"),
    ],
)
def test_wrong_table_of_rows_is_refused(tmp_path, text, problem):
    with pytest.raises(ValueError, match=re.escape(problem)):
        factors_of_rows(written(tmp_path, text), 3)


def test_column_of_names_is_refused(tmp_path):
    text = "a,who\n" + "".join(f"{row % 2},{row}\n" for row in range(4097))
    with pytest.raises(
        ValueError, match=r"column 'who' has 4,097 values.*leave it out"
    ):
        factors_of_rows(written(tmp_path, text), 4097)


def test_grid_beyond_64_bits_is_refused(tmp_path):
    text = "a,b,c,d,e,f\n" + "".join(f"{','.join([str(r)] * 6)}\n" for r in range(4000))
    with pytest.raises(ValueError, match="64 bits"):
        factors_of_rows(written(tmp_path, text), 4000)


def test_other_encoding_is_refused(tmp_path):
    path = written(tmp_path, "größe\n1\n2\n", "latin-1")
    with pytest.raises(ValueError, match="text in UTF-8"):
        factors_of_rows(path, 2)


def test_whole_numbers_that_floats_cannot_tell_apart_stay_classes(tmp_path):
    values = [2**60 + 1, 2**60, -(2**70), 2**60 + 1, 5]
    path = written(tmp_path, "\n".join(["a", *map(str, values)]))
    found = factors_of_rows(path, 5)
    assert found.space.at(np.arange(5))[:, 0].tolist() == [3, 2, 0, 3, 1]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("index,a\n" + "9" * 5000 + ",1\n1,2\n", "has the index '999"),
        ("a\n" + "9" * 200_000 + "\n1\n", "field limit"),
        (",".join(f"c{n}" for n in range(2000)) + "\n1" * 2, "line 2 has 1 values"),
        ("a,a\n1,2\n2,1\n", "must be different names"),
        ("x" * 100_000 + ",\n1,2\n2,1\n", "must be different names"),
        ('a\n"1\n2\n', "unexpected end"),
    ],
)
def test_odd_tables_are_one_short_sentence(tmp_path, text, problem):
    with pytest.raises(InvalidValue, match=problem) as raised:
        factors_of_rows(written(tmp_path, text), 2)
    assert len(str(raised.value)) < 700


def test_thousands_of_columns_are_counted_and_no_further(tmp_path):
    rows = [",".join([str(row)] * 5000) for row in range(2)]
    header = ",".join(f"c{column}" for column in range(5000))
    with pytest.raises(InvalidValue, match="64 bits cannot count the combinations"):
        factors_of_rows(written(tmp_path, "\n".join([header, *rows])), 2)


def test_a_table_of_endless_size_is_not_read(tmp_path):
    with open(tmp_path / "factors.csv", "wb") as file:
        file.truncate(2**40)
    with pytest.raises(InvalidValue, match="may have 268,435,456 bytes at most"):
        factors_of_rows(tmp_path / "factors.csv", 2)
