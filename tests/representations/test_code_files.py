import os
import re

import numpy as np
import pytest

from keras_bvae.errors import InvalidValue, KerasBVAEError, MissingFile, Unusable
from keras_bvae.representations.code_files import own_codes_of_files

CODES = np.arange(24.0).reshape(12, 2)


@pytest.fixture
def codes(tmp_path):
    np.save(tmp_path / "c.npy", CODES)
    return tmp_path / "c.npy"


def test_factors_may_be_a_table_with_their_names(codes, tmp_path):
    table = tmp_path / "f.csv"
    rows = [f"{row % 3},{'ab'[row % 2]},same" for row in range(12)]
    table.write_text("\n".join(["size,kind,constant", *rows]))
    own = own_codes_of_files(codes, table)
    assert own.factor_names == ("size", "kind")
    expected = [[row % 3, row % 2] for row in range(12)]
    assert own.factors_at(np.arange(12)).tolist() == expected
    assert own_codes_of_files(codes, table, ["x", "y"]).factor_names == ("x", "y")
    table.write_text("size,kind\n1,a")
    with pytest.raises(InvalidValue, match="it has 1 row for 12"):
        own_codes_of_files(codes, table)


@pytest.mark.parametrize(
    ("array", "problem"),
    [
        (np.array([[{"a": 1}], [None]]), "its type is objects of Python"),
        (CODES + 1j, "its type is complex128"),
        (np.zeros((12, 2), "M8[s]"), "its type is datetime64"),
        (np.zeros((12, 2), "U3"), "its type is <U3"),
        (np.zeros((12, 2), "V3"), "its type is |V3"),
        (np.zeros(12, [("a", "f4"), ("b", "i4")]), "its type is [('a'"),
        (np.float64(3), "its shape is ()"),
    ],
)
@pytest.mark.parametrize("role", ["Codes", "Factors"])
def test_arrays_of_other_things_than_numbers_are_refused(
    codes, tmp_path, array, problem, role
):
    np.save(tmp_path / "x.npy", array, allow_pickle=True)
    paths = (tmp_path / "x.npy", None) if role == "Codes" else (codes, "x.npy")
    paths = [path and tmp_path / path for path in paths]
    with pytest.raises(InvalidValue, match=f"{role} must be .npy files") as raised:
        own_codes_of_files(*paths)
    assert problem in str(raised.value)


def test_any_layout_and_kind_of_numbers_is_read(tmp_path, codes):
    for array in (
        np.asfortranarray(CODES),
        CODES.astype(">f4"),
        CODES.astype("f2"),
        CODES.astype("u1"),
        CODES > 5,
    ):
        np.save(tmp_path / "x.npy", array)
        own = own_codes_of_files(tmp_path / "x.npy", codes)
        np.testing.assert_array_equal(own.codes_at(np.arange(12)), array.astype("f8"))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"1,2,3", "it does not begin as a NumPy array does"),
        (b"PK\x03\x04 and no more", "it does not begin as a NumPy array does"),
        (b"", "it does not begin as a NumPy array does"),
        (b"\x80\x04cos\nsystem\n(S'false'\ntR.", "does not begin as a NumPy array"),
        (b"\x93NUMPY\x01\x00\xff\xff" + b"(" * 65535, "does not begin as a NumPy"),
    ],
)
def test_other_files_are_named_and_nothing_unsafe_advised(tmp_path, content, problem):
    (tmp_path / "x.npy").write_bytes(content)
    with pytest.raises(InvalidValue, match=re.escape("must be .npy files")) as raised:
        own_codes_of_files(tmp_path / "x.npy")
    assert raised.match(problem)
    assert not re.search("pickle|unsafe|secure|trust", str(raised.value))


def test_claimed_sizes_are_held_against_the_file(tmp_path):
    np.save(tmp_path / "x.npy", CODES)
    content = (tmp_path / "x.npy").read_bytes()
    larger = content.replace(b"(12, 2), }          ", b"(12000000000, 200), }")
    (tmp_path / "x.npy").write_bytes(larger.replace(b"}\x20\n", b"}\n"))
    with pytest.raises(InvalidValue, match="damaged"):
        own_codes_of_files(tmp_path / "x.npy")
    # A file with holes has the size that it claims.
    with open(tmp_path / "y.npy", "wb") as file:
        form = {"descr": "<f8", "fortran_order": False, "shape": (10**9, 10)}
        np.lib.format.write_array_header_1_0(file, form)
        file.truncate(file.tell() + 8 * 10**10)
    with pytest.raises(InvalidValue, match=r"80,000,000,000 bytes, and 2,147,483,648"):
        own_codes_of_files(tmp_path / "y.npy")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without pipes")
@pytest.mark.parametrize("role", ["codes", "factors", "table"])
def test_a_pipe_is_not_waited_for(codes, tmp_path, role):
    pipe = tmp_path / ("p.csv" if role == "table" else "p.npy")
    os.mkfifo(pipe)
    with pytest.raises(Unusable, match="is a pipe"):
        own_codes_of_files(*((pipe,) if role == "codes" else (codes, pipe)))
    with pytest.raises(MissingFile, match="must exist"):
        own_codes_of_files(codes, tmp_path / "nowhere.csv")
    with pytest.raises(KerasBVAEError, match="is a folder"):
        own_codes_of_files(tmp_path)


@pytest.mark.parametrize("names", ["ab", ["a"], ["a", "a"], [1, 2], 5])
def test_names_are_as_many_as_factors_and_differ(codes, names):
    with pytest.raises(InvalidValue, match="`factor_names` must name each of the 2"):
        own_codes_of_files(codes, codes, names)


def test_without_factors_it_says_where_they_come_from(codes):
    with pytest.raises(InvalidValue, match=r"c\.npy, which has no factors.*--factors"):
        own_codes_of_files(codes).require_factors("MIG")


def test_a_hundred_factors_that_hardly_vary(codes, tmp_path):
    factors = np.zeros((12, 100), int)
    factors[6:, 40] = 7
    np.save(tmp_path / "f.npy", factors)
    own = own_codes_of_files(codes, tmp_path / "f.npy")
    assert own.indices_of(own.factors_at([8])).tolist() == [6]
