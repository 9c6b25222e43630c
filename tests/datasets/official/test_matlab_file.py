import io
import struct
import zlib

import numpy as np
import pytest
from official_cars import car, mat_bytes
from scipy.io import savemat

from keras_bvae.datasets.official.matlab_file import MOST_BYTES, read_car
from keras_bvae.errors import InvalidValue


def packed(content):
    """A .mat file whose one element is this, packed."""
    body = zlib.compress(content, 9)
    return mat_bytes({})[:128] + struct.pack("<II", 15, len(body)) + body


def nested(depth):
    cell = np.zeros((1, 1))
    for _ in range(depth):
        outer = np.empty((1, 1), object)
        outer[0, 0] = cell
        cell = outer
    return cell


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no MATLAB file", r"a\.mat is damaged"),
        (mat_bytes({"im": car(0)})[:3000], r"a\.mat is damaged"),
        (mat_bytes({"images": np.zeros(3)}), r"a\.mat holds no array im"),
        (mat_bytes({"im": np.zeros((4, 4))}), r"double \(4, 4\), not uint8"),
        (
            mat_bytes({"im": np.zeros((4, 5, 3, 24, 4), np.uint8)}),
            r"uint8 \(4, 5, 3, 24, 4\), not",
        ),
        (mat_bytes({"im": np.zeros((4, 4, 3, 24, 4)) + 1j}), "is double"),
        (mat_bytes({"im": nested(30)}), "im of a.mat is cell"),
        (packed(bytes(MOST_BYTES + 1)), "more than 67,108,864 bytes unpacked"),
        (packed(b"x")[:-3], "it is cut short"),
        (b"", "a.mat is damaged"),
    ],
)
def test_damaged_and_foreign_cars_are_named(content, message):
    with pytest.raises(ValueError, match=message):
        read_car(content, "a")


def test_files_that_are_not_packed_are_read():
    stream = io.BytesIO()
    savemat(stream, {"im": car(3), "other": np.zeros(4)}, do_compression=False)
    images = read_car(stream.getvalue(), "a")
    np.testing.assert_array_equal(images, read_car(mat_bytes({"im": car(3)}), "a"))


def test_claimed_shapes_are_looked_at_before_anything_is_read():
    content = bytearray(mat_bytes({"im": np.zeros((4, 4, 3, 24, 4), np.uint8)}))
    plain = zlib.decompress(bytes(content[136:]))
    sides = struct.pack("<5i", 4, 4, 3, 24, 4)
    larger = plain.replace(sides, struct.pack("<5i", 9999, 9999, 3, 9999, 9999))
    assert larger != plain
    with pytest.raises(InvalidValue, match=r"im of a\.mat has more than 67,108,864"):
        read_car(packed(larger), "a")
