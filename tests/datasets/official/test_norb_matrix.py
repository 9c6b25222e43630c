import gzip
import struct

import numpy as np
import pytest

from keras_bvae.datasets.official.norb_matrix import NorbMatrix

BYTES = 0x1E3D4C55
INTEGERS = 0x1E3D4C54
# By hand: magic, 2 axes, lengths 2 and 3 and a third that is only there; six numbers.
BY_HAND = struct.pack("<Ii3i6i", INTEGERS, 2, 2, 3, 1, 10, 20, 30, 40, 50, -60)


def write(path, content):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wb") as file:
        file.write(content)
    return path


@pytest.mark.parametrize("name", ["a.mat", "a.mat.gz"])
def test_matrix_written_by_hand_is_read(tmp_path, name):
    matrix = NorbMatrix(write(tmp_path / name, BY_HAND))
    assert matrix.shape == (2, 3)
    np.testing.assert_array_equal(matrix.read(), [[10, 20, 30], [40, 50, -60]])
    assert [chunk.tolist() for chunk in matrix.chunks(1)] == [
        [[10, 20, 30]],
        [[40, 50, -60]],
    ]


def test_header_of_four_axes_has_four_lengths(tmp_path):
    content = struct.pack("<Ii4i", BYTES, 4, 1, 2, 1, 3) + bytes(range(6))
    matrix = NorbMatrix(write(tmp_path / "a.mat", content))
    np.testing.assert_array_equal(matrix.read(), [[[[0, 1, 2]], [[3, 4, 5]]]])


def test_only_an_unpacked_file_is_mapped(tmp_path):
    mapped = NorbMatrix(write(tmp_path / "a.mat", BY_HAND)).mapped()
    np.testing.assert_array_equal(mapped, [[10, 20, 30], [40, 50, -60]])
    assert NorbMatrix(write(tmp_path / "a.mat.gz", BY_HAND)).mapped() is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"MATLAB 5.0 MAT-file", "a.mat does not begin like such a file"),
        (struct.pack("<Ii3i", BYTES, 9, 1, 1, 1), "does not begin like"),
        (struct.pack("<Ii3i", BYTES, 2, 0, 3, 1), r"axes of the lengths \(0, 3\)"),
        (BY_HAND[:6], "a.mat is cut short"),
        (BY_HAND[:16], "a.mat is cut short"),
        (BY_HAND[:-1], "a.mat is cut short"),
    ],
)
def test_foreign_and_truncated_files_are_named(tmp_path, content, message):
    path = write(tmp_path / "a.mat", content)
    with pytest.raises(ValueError, match=message):
        NorbMatrix(path)


def test_truncated_packed_contents_are_noticed(tmp_path):
    matrix = NorbMatrix(write(tmp_path / "a.mat.gz", BY_HAND[:-1]))
    with pytest.raises(ValueError, match=r"a\.mat\.gz is cut short"):
        matrix.read()


def test_truncated_packing_is_noticed(tmp_path):
    noise = np.random.default_rng(0).bytes(20_000)
    header = struct.pack("<Ii3i", BYTES, 1, 20_000, 1, 1)
    path = write(tmp_path / "a.mat.gz", header + noise)
    path.write_bytes(path.read_bytes()[:10_000])
    with pytest.raises(ValueError, match=r"a\.mat\.gz is damaged"):
        NorbMatrix(path).read()


def test_file_that_gzip_did_not_pack_is_noticed(tmp_path):
    (tmp_path / "a.mat.gz").write_bytes(BY_HAND)
    with pytest.raises(ValueError, match=r"a\.mat\.gz is damaged"):
        NorbMatrix(tmp_path / "a.mat.gz")
