"""Whatever bytes a file holds: a data set or one sentence of ours, in little memory."""

import gzip
import io
import tarfile
import tracemalloc

import h5py
import numpy as np
import pyarrow
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from norb_matrix import matrix_bytes
from official_cars import mat_bytes
from pyarrow import parquet

from keras_bvae.datasets import load
from keras_bvae.datasets.catalog import parse_data_name
from keras_bvae.datasets.numbers.table_file import read_table
from keras_bvae.datasets.official.matlab_cars import CarArchive
from keras_bvae.datasets.official.matlab_file import read_car
from keras_bvae.datasets.official.smallnorb import NorbMatrix
from keras_bvae.datasets.own.factor_file import factors_of_rows
from keras_bvae.datasets.storage.array_members import NpzMember
from keras_bvae.datasets.storage.hdf5_member import Hdf5Member
from keras_bvae.datasets.storage.npy_file import NpyFile
from keras_bvae.errors import Misuse, printable

# NumPy tells of headers that Python 2 wrote.
pytestmark = pytest.mark.filterwarnings("ignore:Reading `.npy` or `.npz` file")
MOST_MEMORY = 32 * 2**20
NAME_PARTS = (
    *("digits", "array:", "+", "size=", "fix=", "train", "validation=", "correlate="),
    *("0.1", ":", "x", "../", "9" * 5000, "a" * 5000, "\0", "\ud800"),
)
IMAGES = np.arange(2 * 8 * 8, dtype=np.uint8).reshape(2, 8, 8)


def examples(count):
    return settings(
        max_examples=count,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def is_read_or_refused(read):
    """Whether it was read; what is raised is a short sentence of ours."""
    refusal = ""
    tracemalloc.start()
    try:
        read()
    except Misuse as error:
        refusal = str(error)
    except KeyError as error:  # the name of an array that is not there
        refusal = error.args[0]
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < MOST_MEMORY
    assert len(refusal) < 3000
    assert printable(refusal, 3000) == refusal  # no orders to the terminal
    return not refusal


def changed(whole):
    """The bytes of a sound file with some of them changed, cut out, or repeated."""
    place = st.integers(0, len(whole) - 1)
    head = st.integers(0, min(len(whole), 160) - 1)
    flips = st.lists(st.tuples(place | head, st.integers(0, 255)), max_size=5)

    def apply(flips, cut, extra):
        content = bytearray(whole)
        for position, value in flips:
            content[position] = value
        start, end = cut
        content[start : max(start, end)] = extra
        return bytes(content)

    nothing = st.just((0, 0))
    cuts = nothing | st.tuples(place, place) | st.tuples(place, st.just(len(whole)))
    return st.builds(apply, flips, cuts, st.binary(max_size=12) | st.just(b""))


def npy_bytes(array):
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def npz_bytes(save):
    stream = io.BytesIO()
    save(stream, a=IMAGES)
    return stream.getvalue()


def hdf5_bytes(**layout):
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        file.create_dataset("group/a", data=IMAGES, **layout)
    return stream.getvalue()


def tar_bytes():
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in (("list.txt", b"a\n"), ("a.mat", CAR)):
            member = tarfile.TarInfo(f"data/cars/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


CAR = mat_bytes({"im": np.zeros((4, 4, 3, 24, 4), np.uint8)})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("any_bytes")


def header(values):
    """An .npy file whose header says this, whatever it is."""
    text = f"{values!r}".encode("latin-1", "replace")[:2000]
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(64)


shapes = st.lists(st.integers(-(2**70), 2**70) | st.integers(0, 9), max_size=5)
headers = st.fixed_dictionaries(
    {
        "descr": st.sampled_from(
            ["|u1", "<f8", ">f4", "|O", "<c8", "|V9", "<M8[s]", "?"]
        )
        | st.text(max_size=5),
        "fortran_order": st.booleans() | st.integers(),
        "shape": shapes.map(tuple) | st.none() | shapes,
    }
).map(header)


@examples(120)
@given(content=changed(npy_bytes(IMAGES)) | headers | st.binary(max_size=99))
def test_any_npy(folder, content):
    (folder / "a.npy").write_bytes(content)
    is_read_or_refused(lambda: NpyFile(folder / "a.npy").read())
    is_read_or_refused(lambda: load(f"array:{folder}/a.npy").images_at([0]))


def test_the_sound_files_are_read(folder):
    for name, content in (
        ("a.npy", npy_bytes(IMAGES)),
        ("a.npz", npz_bytes(np.savez)),
        ("b.npz", npz_bytes(np.savez_compressed)),
    ):
        (folder / name).write_bytes(content)
        dataset = load(f"array:{folder}/{name}")
        assert is_read_or_refused(lambda dataset=dataset: dataset.images_at([0]))


@examples(80)
@given(
    content=changed(npz_bytes(np.savez)) | changed(npz_bytes(np.savez_compressed)),
)
def test_any_npz(folder, content):
    (folder / "c.npz").write_bytes(content)
    path = folder / "c.npz"
    is_read_or_refused(lambda: NpzMember(path, "a").read())
    is_read_or_refused(lambda: NpzMember(path, "a").mapped())
    is_read_or_refused(lambda: load(f"array:{path}").images_at([0]))


@examples(100)
@given(content=changed(hdf5_bytes()) | changed(hdf5_bytes(compression="gzip")))
def test_any_hdf5(folder, content):
    (folder / "a.h5").write_bytes(content)
    is_read_or_refused(lambda: Hdf5Member(folder / "a.h5", "group/a").read())


@examples(120)
@given(
    content=st.binary(max_size=60)
    | changed(b"index,a,b\n0,1,x\n1,2,y\n")
    | st.text('0123456789.,-+e"\n\r\t _infa\0\ufeff', max_size=60).map(str.encode)
)
def test_any_csv(folder, content):
    (folder / "f.csv").write_bytes(content)
    is_read_or_refused(lambda: factors_of_rows(folder / "f.csv", 2))


def parquet_bytes():
    stream = io.BytesIO()
    columns = {"a": [1.5, 2.5], "b": ["x", None], "c": [True, False]}
    parquet.write_table(pyarrow.table(columns), stream)
    return stream.getvalue()


@examples(150)
@given(
    content=changed(b'a;b,c\n0,1;x\n1,2;"y\n"\n').map(lambda text: ("csv", text))
    | st.text('0123456789.,-+e"\n\r\t _infa;|\0\ufeff', max_size=60).map(
        lambda text: ("csv", text.encode())
    )
    | st.binary(max_size=60).map(lambda text: ("csv", text))
    | changed(parquet_bytes()).map(lambda content: ("parquet", content))
    | changed(npy_bytes(IMAGES[0])).map(lambda content: ("npy", content))
)
def test_any_table(folder, content):
    ending, content = content
    path = folder / f"t.{ending}"
    path.write_bytes(content)
    is_read_or_refused(lambda: read_table(path))
    is_read_or_refused(lambda: load(f"table:{path}").images_at([0]))


@examples(100)
@given(content=changed(CAR) | st.binary(max_size=300))
def test_any_mat(content):
    is_read_or_refused(lambda: read_car(content, "a"))


@examples(60)
@given(content=changed(tar_bytes()) | changed(gzip.compress(tar_bytes())))
def test_any_archive(folder, content):
    (folder / "a.tar.gz").write_bytes(content)
    is_read_or_refused(lambda: list(CarArchive(folder / "a.tar.gz").cars()))


@examples(100)
@given(content=changed(matrix_bytes(IMAGES)), is_packed=st.booleans())
def test_any_matrix(folder, content, is_packed):
    path = folder / ("a.mat.gz" if is_packed else "a.mat")
    path.write_bytes(gzip.compress(content) if is_packed else content)
    is_read_or_refused(lambda: NorbMatrix(path).read())


@examples(120)
@given(
    name=st.text(max_size=40)
    | st.lists(
        st.sampled_from(NAME_PARTS),
        max_size=6,
    ).map("".join)
)
def test_any_name(name):
    is_read_or_refused(lambda: parse_data_name(name))
    is_read_or_refused(lambda: load(name))
