import zipfile

import h5py
import numpy as np
import pytest

from keras_bvae.datasets.storage.array_members import Hdf5Member, NpzMember
from keras_bvae.errors import InvalidValue


def test_chunks_put_together_are_the_array(tmp_path):
    values = np.arange(70, dtype=np.int64).reshape(10, 7)
    np.savez_compressed(tmp_path / "a.npz", other=np.zeros(3), values=values)
    member = NpzMember(tmp_path / "a.npz", "values")
    assert member.shape == (10, 7)
    assert member.dtype == np.int64
    chunks = list(member.chunks(4))
    assert [len(chunk) for chunk in chunks] == [4, 4, 2]
    np.testing.assert_array_equal(np.concatenate(chunks), values)
    np.testing.assert_array_equal(member.read(), values)


def test_array_without_rows_is_empty(tmp_path):
    np.savez(tmp_path / "a.npz", values=np.zeros((0, 7)))
    assert NpzMember(tmp_path / "a.npz", "values").read().shape == (0, 7)


def test_missing_array_is_named(tmp_path):
    np.savez(tmp_path / "a.npz", values=np.zeros(3))
    with pytest.raises(KeyError, match="imgs"):
        NpzMember(tmp_path / "a.npz", "imgs")


@pytest.mark.parametrize(
    "values",
    [np.array([{}], dtype=object), np.asfortranarray(np.zeros((3, 2))), np.array(1)],
)
def test_pickles_and_odd_layouts_are_refused(tmp_path, values):
    np.savez(tmp_path / "a.npz", values=values)
    with pytest.raises(ValueError, match="no plain array of numbers"):
        NpzMember(tmp_path / "a.npz", "values")


def test_flipped_byte_is_noticed(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, values=np.zeros(10_000, np.uint8))
    content = bytearray(path.read_bytes())
    content[5000] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match="array values is damaged"):
        NpzMember(path, "values").read()


def test_truncated_file_is_noticed(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, values=np.zeros(10_000, np.uint8))
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(ValueError, match="cut short"):
        NpzMember(path, "values")


def test_damage_before_the_values_is_told(tmp_path):
    path = tmp_path / "a.npz"
    np.savez_compressed(path, a=np.arange(9))
    content = bytearray(path.read_bytes())
    # The first block of the packed member, behind the zip's own header and the name.
    start = content.index(b"a.npy") + len("a.npy")
    content[start : start + 40] = b"\xff" * 40
    path.write_bytes(content)
    with pytest.raises(InvalidValue, match="array a is damaged"):
        NpzMember(path, "a")


def test_a_header_that_does_not_end_is_told(tmp_path):
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as archive:
        header = b"{'shape': (3,".ljust(54)
        archive.writestr("a.npy", b"\x93NUMPY\x01\x00" + bytes([54, 0]) + header)
    with pytest.raises(InvalidValue, match="array a is damaged"):
        NpzMember(path, "a")


def test_leading_axes_counted_as_one_make_small_rows(tmp_path):
    values = np.arange(60, dtype=np.uint8).reshape(2, 3, 5, 2)
    np.savez_compressed(tmp_path / "a.npz", values=values)
    member = NpzMember(tmp_path / "a.npz", "values")
    member.flatten_leading(2)
    assert member.shape == (6, 5, 2)
    chunks = list(member.chunks(4))
    assert [len(chunk) for chunk in chunks] == [4, 2]
    np.testing.assert_array_equal(np.concatenate(chunks), values.reshape(6, 5, 2))


def test_stored_array_is_mapped_where_it_lies(tmp_path):
    values = np.arange(60, dtype=np.uint8).reshape(6, 5, 2)
    np.savez(tmp_path / "a.npz", other=np.zeros(3), values=values)
    mapped = NpzMember(tmp_path / "a.npz", "values").mapped()
    np.testing.assert_array_equal(mapped, values)
    assert isinstance(mapped.base, np.memmap)


def test_compressed_array_cannot_be_mapped(tmp_path):
    np.savez_compressed(tmp_path / "a.npz", values=np.zeros(3))
    assert NpzMember(tmp_path / "a.npz", "values").mapped() is None


def test_damaged_header_is_noticed_when_mapping(tmp_path):
    np.savez(tmp_path / "a.npz", values=np.zeros(3))
    member = NpzMember(tmp_path / "a.npz", "values")
    content = (tmp_path / "a.npz").read_bytes()
    (tmp_path / "a.npz").write_bytes(content.replace(b"\x93NUMPY", b"\x93NUMBY"))
    with pytest.raises(ValueError, match="array values is damaged"):
        member.mapped()


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
