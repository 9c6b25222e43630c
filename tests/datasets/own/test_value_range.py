import numpy as np
import pytest

from keras_bvae.datasets.own.pixel_depth import Depth
from keras_bvae.datasets.own.value_range import (
    SeenValues,
    doubt,
    is_outside,
    likely_range,
    settled_range,
)

FULL = (0.0, 65535.0)


def seen_in(*arrays):
    seen = SeenValues()
    for array in arrays:
        seen.add(np.asarray(array))
    return seen


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("uint16", np.uint16([0, 30000]), FULL),
        ("uint16", np.uint16([0, 16384]), FULL),
        ("uint16", np.uint16([0, 4095]), None),
        ("uint16", np.uint16([0, 1]), None),
        ("uint16", np.uint16([0, 0]), FULL),
        # Eight bits in sixteen: dark, but known to be.
        ("uint16", np.uint16([257 * 3, 257 * 40]), FULL),
        ("uint16", np.uint16([256 * 3, 256 * 40]), FULL),
        ("int", np.int32([0, 60000]), FULL),
        ("int", np.int32([-1, 60000]), None),
        ("int", np.int32([0, 65536]), None),
        ("uint32", np.uint32([0, 4_000_000_000]), None),
        ("float", np.float32([0, 0.01]), (0.0, 1.0)),
        ("float", np.float32([-0.05, 1.05]), (0.0, 1.0)),
        ("float", np.float32([0, 255]), None),
        ("float", np.float32([-1, 1]), None),
        ("int8", np.int8([0, 127]), (0.0, 255.0)),
        ("int8", np.int8([-1, 127]), None),
    ],
)
def test_only_what_the_values_bear_out_is_taken(kind, values, expected):
    assert settled_range(seen_in(values), Depth(kind)) == expected


def test_a_declared_range_is_taken_unless_values_go_far_beyond():
    depth = Depth("uint16", (0.0, 4095.0))
    assert settled_range(seen_in(np.uint16([0, 4200])), depth) == (0.0, 4095.0)
    assert settled_range(seen_in(np.uint16([0, 9000])), depth) is None
    assert is_outside(seen_in(np.uint16([0, 9000])), depth)


def test_significant_bits_are_scaled_or_not():
    depth = Depth("uint16", None, 12)
    assert settled_range(seen_in(np.uint16([7, 4095])), depth) == (0.0, 4095.0)
    assert settled_range(seen_in(np.uint16([7, 65535])), depth) == FULL
    # As the standard has it, and dark.
    assert settled_range(seen_in(np.uint16([16, 4080])), depth) == FULL


def test_what_was_seen_of_several_is_joined():
    first, second = seen_in(np.uint16([257])), seen_in(np.uint16([3, 9]))
    first.join(second)
    assert (first.least, first.most, first.are_bytes) == (3, 257, False)
    nothing = seen_in(np.empty((0, 3), np.uint16))
    nothing.join(second)
    assert (nothing.least, nothing.most) == (3, 9)


@pytest.mark.parametrize(
    ("values", "likely"),
    [
        (np.uint16([0, 900]), (0, 1023)),
        (np.uint16([0, 1]), (0, 1)),
        (np.int32([-1000, 1000]), (-1000, 1000)),
        (np.int32([0, 70_000]), (0, 70_000)),
        (np.float32([0, 254.5]), (0, 255)),
        (np.float32([-1, 0.9]), (-1, 1)),
        (np.float32([-3.5, 9.25]), (-4, 10)),
    ],
)
def test_the_advice_names_a_likely_range(values, likely):
    kind = {"u": "uint16", "i": "int", "f": "float"}[values.dtype.kind]
    seen = seen_in(values)
    assert likely_range(seen, Depth(kind)) == likely
    text = doubt(seen, Depth(kind), "here")
    assert "received here, with values from" in text
    assert f"+range={likely[0]}:{likely[1]} behind the name" in text
    assert f"value_range=({likely[0]}, {likely[1]})" in doubt(
        seen, Depth(kind), "", True
    )


def test_dark_pictures_may_be_left_dark():
    seen = seen_in(np.uint16([0, 900]))
    assert doubt(seen, Depth("uint16"), "here").endswith(
        "or +range=0:65535 to leave them that dark."
    )
