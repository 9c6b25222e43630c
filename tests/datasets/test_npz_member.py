import numpy as np
import pytest

from keras_bvae.datasets.npz_member import NpzMember


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
