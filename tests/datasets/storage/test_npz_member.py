import numpy as np
import pytest

from keras_bvae.datasets.storage.npz_member import NpzMember


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
