import h5py
import numpy as np
import pytest

from keras_bvae.datasets.storage.hdf5_member import Hdf5Member


@pytest.mark.parametrize("layout", [{}, {"chunks": (3, 2), "compression": "gzip"}])
def test_chunks_put_together_are_the_array(tmp_path, layout):
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
def test_missing_array_is_named(tmp_path, name):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_group("group")
    with pytest.raises(KeyError, match=name):
        Hdf5Member(tmp_path / "a.h5", name)


def test_truncated_file_is_noticed(tmp_path):
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
