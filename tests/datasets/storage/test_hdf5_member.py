import h5py
import numpy as np
import pytest

from keras_bvae.datasets.storage.hdf5_member import Hdf5Member
from keras_bvae.errors import InvalidValue


@pytest.mark.parametrize("layout", [{}, {"chunks": (3, 2), "compression": "gzip"}])
def test_chunks_of_an_hdf5_file_put_together_are_the_array(tmp_path, layout):
    values = np.arange(70, dtype=np.int64).reshape(10, 7)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("group/values", data=values, **layout)
    member = Hdf5Member(tmp_path / "a.h5", "group/values")
    assert member.shape == (10, 7)
    assert member.dtype == np.int64
    np.testing.assert_array_equal(np.concatenate(list(member.chunks(4))), values)
    np.testing.assert_array_equal(member.read(), values)


@pytest.mark.parametrize("layout", [{}, {"chunks": (3, 2), "compression": "gzip"}])
def test_rows_come_in_the_order_that_they_are_asked_for(tmp_path, layout):
    values = np.arange(70, dtype=np.int64).reshape(10, 7)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("values", data=values, **layout)
    member = Hdf5Member(tmp_path / "a.h5", "values")
    indices = [9, 0, 4, 4, 5, 1]
    np.testing.assert_array_equal(member.rows(indices), values[indices])
    assert member.rows([]).shape == (0, 7)


def test_rows_of_one_chunk_are_read_together(tmp_path, monkeypatch):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("values", data=np.arange(100), chunks=(10,))
    reads = []
    getitem = h5py.Dataset.__getitem__

    def counted(dataset, rows):
        reads.append(rows)
        return getitem(dataset, rows)

    monkeypatch.setattr(h5py.Dataset, "__getitem__", counted)
    Hdf5Member(tmp_path / "a.h5", "values").rows([15, 31, 12, 38, 19])
    assert reads == [slice(12, 20), slice(31, 39)]


@pytest.mark.parametrize("name", ["imgs", "group"])
def test_missing_array_of_an_hdf5_file_is_named(tmp_path, name):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_group("group")
    with pytest.raises(KeyError, match=name):
        Hdf5Member(tmp_path / "a.h5", name)


def test_truncated_hdf5_file_is_noticed(tmp_path):
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["values"] = np.zeros(10_000, np.uint8)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(ValueError, match="cut short"):
        Hdf5Member(path, "values")


def test_damaged_chunk_is_noticed(tmp_path):
    path = tmp_path / "a.h5"
    noise = np.random.default_rng(0).integers(0, 256, (4096,), dtype=np.uint8)
    with h5py.File(path, "w") as file:
        file.create_dataset("values", data=noise, chunks=(4096,), fletcher32=True)
    content = path.read_bytes()
    position = content.index(noise[100:120].tobytes())
    path.write_bytes(content[:position] + b"\0" * 20 + content[position + 20 :])
    with pytest.raises(ValueError, match="array values is damaged"):
        Hdf5Member(path, "values").read()
    with pytest.raises(ValueError, match="array values is damaged"):
        list(Hdf5Member(path, "values").chunks(100))
    with pytest.raises(ValueError, match="array values is damaged"):
        Hdf5Member(path, "values").rows([0])


@pytest.fixture
def other(tmp_path):
    """A file that is not the user's to show."""
    (tmp_path / "secret.bin").write_bytes(bytes(range(100)))
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["values"] = np.arange(100)
    return tmp_path


def external_link(file, folder):
    file["values"] = h5py.ExternalLink(str(folder / "secret.h5"), "/values")


def external_group(file, folder):
    file["group"] = h5py.ExternalLink(str(folder / "secret.h5"), "/")


def soft_link(file, folder):
    file["real"] = np.arange(100)
    file["values"] = h5py.SoftLink("/real")


def to_nowhere(file, folder):
    file["values"] = h5py.SoftLink("/values")


def external_storage(file, folder):
    external = [(str(folder / "secret.bin"), 0, 100)]
    file.create_dataset("values", (100,), "u1", external=external)


def virtual_array(file, folder):
    layout = h5py.VirtualLayout((100,), "i8")
    layout[:] = h5py.VirtualSource(str(folder / "secret.h5"), "values", (100,))
    file.create_virtual_dataset("values", layout)


@pytest.mark.parametrize(
    ("write", "name", "problem"),
    [
        (external_link, "values", "is a link"),
        (external_group, "group/values", "is a link"),
        (soft_link, "values", "is a link"),
        (to_nowhere, "values", "is a link"),
        (external_storage, "values", "lies in other files"),
        (virtual_array, "values", "lies in other files"),
    ],
)
def test_no_other_file_is_read(other, write, name, problem):
    with h5py.File(other / "a.h5", "w") as file:
        write(file, other)
    with pytest.raises(InvalidValue, match=f"array {name} {problem}"):
        Hdf5Member(other / "a.h5", name)


@pytest.mark.parametrize(
    ("values", "layout", "problem"),
    [
        (None, {"shape": (10**9, 600), "dtype": "u1"}, "600,000,000,000 bytes, and"),
        (None, {"shape": (2, 10**9), "dtype": "u1"}, "a row of array values has"),
        (np.float64(3), {}, "its shape is"),
        (h5py.Empty("f4"), {}, "its shape is None"),
        (np.array(["a"], object), {"dtype": h5py.string_dtype()}, "of Python"),
        (np.zeros(3, "c8"), {}, "its type is complex64"),
        (np.zeros(3, [("a", "f4")]), {}, "its type is"),
    ],
)
def test_what_cannot_be_read_at_once_or_is_no_number_is_told(
    tmp_path, values, layout, problem
):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("values", data=values, **layout)

    def read():
        member = Hdf5Member(tmp_path / "a.h5", "values")
        return list(member.chunks(1)) if member.shape[0] == 2 else member.read()

    with pytest.raises(InvalidValue, match=problem):
        read()


def test_chunks_of_gigabytes_are_refused(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("values", (2**31, 2), "u1", chunks=(2**30, 2))
    with pytest.raises(InvalidValue, match="has chunks of 2,147,483,648 bytes"):
        Hdf5Member(tmp_path / "a.h5", "values")
