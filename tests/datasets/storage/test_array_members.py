import io
import zipfile

import numpy as np
import pytest

from keras_bvae.datasets.storage import array_header
from keras_bvae.datasets.storage.array_members import NpzMember
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
    [np.array([{}], dtype=object), np.array(1)],
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


def zip_bytes(path, shape, packed_as, values=b""):
    """An .npz file whose array claims a shape, with these values."""
    header = io.BytesIO()
    form = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(header, form)
    with zipfile.ZipFile(path, "w", packed_as) as archive:
        archive.writestr("a.npy", header.getvalue() + values)


@pytest.mark.parametrize("packed_as", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_claimed_sizes_are_held_against_the_directory(tmp_path, packed_as):
    zip_bytes(tmp_path / "a.npz", (10**12, 64), packed_as, bytes(100))
    with pytest.raises(InvalidValue, match=r"asks for 64,000,000,000,000 bytes"):
        NpzMember(tmp_path / "a.npz", "a")


def test_a_bomb_is_read_in_pieces_or_not_at_all(tmp_path, monkeypatch):
    zip_bytes(tmp_path / "a.npz", (1000, 3000), zipfile.ZIP_DEFLATED, bytes(3 * 10**6))
    member = NpzMember(tmp_path / "a.npz", "a")
    assert sum(map(len, member.chunks(10))) == 1000
    monkeypatch.setattr(array_header.require_room, "__defaults__", (10**6,))
    with pytest.raises(InvalidValue, match="3,000,000 bytes, and 1,000,000 at most"):
        member.read()
    monkeypatch.setattr(array_header, "MOST_BYTES_OF_A_ROW", 2999)
    with pytest.raises(InvalidValue, match="a row of array a has 3,000 bytes"):
        list(member.chunks(1))


def test_other_packing_and_a_lying_directory_are_refused(tmp_path):
    zip_bytes(tmp_path / "a.npz", (9,), zipfile.ZIP_LZMA, bytes(9))
    with pytest.raises(InvalidValue, match="packed otherwise than by NumPy"):
        NpzMember(tmp_path / "a.npz", "a")
    zip_bytes(tmp_path / "a.npz", (9,), zipfile.ZIP_STORED, bytes(9))
    content = bytearray((tmp_path / "a.npz").read_bytes())
    directory = content.index(b"PK\x01\x02")
    encrypted = content[:]
    encrypted[directory + 8] |= 1
    (tmp_path / "a.npz").write_bytes(encrypted)
    with pytest.raises(InvalidValue, match="array a is encrypted"):
        NpzMember(tmp_path / "a.npz", "a")
    content[directory + 24 : directory + 28] = b"\xff" * 3 + b"\x7f"
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(InvalidValue, match="cannot be 2,147,483,647 unpacked"):
        NpzMember(tmp_path / "a.npz", "a")


@pytest.mark.parametrize("dtype", ["M8[s]", "U3", "V3", "c16", [("a", "f4")]])
def test_what_are_no_numbers_is_refused(tmp_path, dtype):
    np.savez(tmp_path / "a.npz", a=np.zeros(3, dtype))
    with pytest.raises(InvalidValue, match="no plain array of numbers"):
        NpzMember(tmp_path / "a.npz", "a")


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_fortrans_order_is_read_as_any_other(tmp_path, save):
    values = np.arange(2 * 3 * 4).reshape(2, 3, 4)
    save(tmp_path / "a.npz", values=np.asfortranarray(values))
    member = NpzMember(tmp_path / "a.npz", "values")
    np.testing.assert_array_equal(np.concatenate(list(member.chunks(1))), values)
    member.flatten_leading(2)
    np.testing.assert_array_equal(member.read(), values.reshape(6, 4))
    assert member.mapped() is None
