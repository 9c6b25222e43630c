import numpy as np
import pyarrow
import pytest
from pyarrow import parquet

from keras_bvae.datasets.numbers import table_file
from keras_bvae.datasets.numbers.table_file import read_table


def written(folder, text, name="t.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("a,b\n1,x\n2.5,y\n", "utf-8"),
        ("a,b\r\n1,x\r\n2.5,y\r\n", "utf-8-sig"),
        ("a;b\n1;x\n2,5;y\n", "utf-8"),  # as Excel writes it in much of Europe
        ("a\tb\n1\tx\n2.5\ty\n", "utf-16"),  # as Excel's "Unicode text"
        ('"a"|"b"\n1|"x"\n2.5|y', "utf-8"),
    ],
)
def test_delimiters_commas_and_encodings_are_found_out(tmp_path, text, encoding):
    columns = read_table(written(tmp_path, text, encoding=encoding))
    assert list(columns) == ["a", "b"]
    np.testing.assert_array_equal(columns["a"], [1, 2.5])
    assert columns["b"].tolist() == ["x", "y"]


def test_what_is_missing_is_kept_as_such(tmp_path):
    columns = read_table(written(tmp_path, "a,b\n1,x\n,NA\n?,nan\n"))
    assert np.isnan(columns["a"]).tolist() == [False, True, True]
    assert columns["b"].tolist() == ["x", None, None]


def test_truth_is_a_number_and_dates_stay_text(tmp_path):
    columns = read_table(written(tmp_path, "a,b\ntrue,2020-01-02\nfalse,2020-01-03\n"))
    np.testing.assert_array_equal(columns["a"], [1, 0])
    assert columns["b"].tolist() == ["2020-01-02", "2020-01-03"]


def test_a_table_without_a_header_counts_its_columns(tmp_path):
    columns = read_table(written(tmp_path, "1,2\n3,4\n"))
    assert {name: list(values) for name, values in columns.items()} == {
        "0": [1, 3],
        "1": [2, 4],
    }


@pytest.mark.parametrize("name", ["", "Unnamed: 0"])
def test_the_index_of_pandas_is_left_out(tmp_path, name):
    path = written(tmp_path, f"{name},a,a\n0,5,6\n1,7,8\n")
    assert list(read_table(path)) == ["a", "a.1"]
    path = written(tmp_path, f"{name},a\n3,5\n1,7\n")
    assert list(read_table(path)) == [name, "a"]  # it does not count


def test_parquet_and_numpy(tmp_path):
    columns = {
        "a": pyarrow.array([1, 2, None]),
        "b": pyarrow.array(["x", "y", "x"]).dictionary_encode(),
        "c": pyarrow.array([True, False, None]),
    }
    parquet.write_table(pyarrow.table(columns), tmp_path / "t.parquet")
    found = read_table(tmp_path / "t.parquet")
    np.testing.assert_array_equal(found["a"], [1, 2, np.nan])
    assert found["b"].tolist() == ["x", "y", "x"]
    np.testing.assert_array_equal(found["c"], [1, 0, np.nan])
    np.save(tmp_path / "t.npy", np.arange(6).reshape(3, 2))
    assert list(read_table(tmp_path / "t.npy")) == ["0", "1"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.csv", b"", "it is empty"),
        ("t.csv", b"\n\na,b\n1,2\n", "begins with an empty line"),
        ("t.csv", b"a,b\n", "no rows below a header"),
        ("t.csv", b"a,b\n1,2\n3\n", "Expected 2 columns, got 1"),
        ("t.csv", b"a,b\n1,\xff\n", "byte 6 is no UTF-8"),
        ("t.xlsx", b"PK", "it is a workbook; save its sheet as CSV"),
        ("t.json", b"{}", r"its name ends in \.json"),
        ("t.parquet", b"PAR1", "Parquet cannot be read"),
        ("t.npy", b"x", "does not begin as a NumPy array"),
    ],
)
def test_what_is_no_table_is_told(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=said):
        read_table(tmp_path / name)


def test_one_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    path = written(tmp_path, "a,b\n1,2\n3,4\n5,6\n")
    for name, most, said in (
        ("MOST_VALUES", 5, "4 rows of 2 columns, and 5 values at most"),
        ("MOST_BYTES", 10, "16 bytes, and 10 at most"),
        ("MOST_COLUMNS", 1, "2 columns, and 1 are read"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(table_file, name, most)
            with pytest.raises(ValueError, match=said):
                read_table(path)


def test_a_table_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="followed by a file that exists"):
        read_table(tmp_path / "none.csv")
