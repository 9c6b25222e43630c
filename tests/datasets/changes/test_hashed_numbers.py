import numpy as np

from keras_bvae.datasets.changes.hashed_numbers import (
    hashed_bytes,
    hashed_numbers,
    hashed_units,
)

MASK = 2**64 - 1


def split_mix(state):
    """SplitMix64's output function, in Python's whole numbers."""
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    state = (state ^ (state >> 27)) * 0x94D049BB133111EB & MASK
    return state ^ (state >> 31)


def test_numbers_are_split_mix_64():
    # The generator's published first outputs from the state 1234567.
    step = 0x9E3779B97F4A7C15
    outputs = [split_mix((1234567 + k * step) & MASK) for k in (1, 2, 3)]
    assert outputs == [6457827717110365317, 3203168211198807973, 9817491932198370423]
    start = 0
    for part in (3, 5, 77):
        start = split_mix((start + step & MASK) ^ part)
    expected = [split_mix((start + k * step) & MASK) for k in (1, 2, 3)]
    assert hashed_numbers([3, 5], [77], 3).tolist() == [expected]


def test_an_image_has_its_numbers_in_any_batch():
    many = hashed_numbers([0, 1], np.arange(1000), 4)
    np.testing.assert_array_equal(hashed_numbers([0, 1], [999, 3], 4), many[[999, 3]])
    # More of them begin with the same ones.
    np.testing.assert_array_equal(hashed_numbers([0, 1], [3], 9)[0, :4], many[3])


def test_key_and_image_both_count():
    seen = {
        hashed_numbers(key, [index], 1).item()
        for key in ([0, 1], [1, 0], [0, 0], [1, 1], [0], [1])
        for index in range(50)
    }
    assert len(seen) == 300


def test_bytes_and_units_are_uniform_and_unrelated():
    values = hashed_bytes([7], np.arange(400), 50)
    assert (values.shape, values.dtype) == ((400, 50), np.uint8)
    counts = np.bincount(values.ravel(), minlength=256)
    # 20,000 bytes, 78 of each: five deviations.
    np.testing.assert_allclose(counts, 78.1, atol=5 * 78.1**0.5)
    units = hashed_units([7], np.arange(4000), 3)
    assert units.min() >= 0
    assert units.max() < 1
    np.testing.assert_allclose(units.mean(axis=0), 0.5, atol=0.025)
    np.testing.assert_allclose(np.corrcoef(units.T), np.eye(3), atol=0.08)
    np.testing.assert_allclose(
        np.corrcoef(units[:-1, 0], units[1:, 0])[0, 1], 0, 0, 0.08
    )


def test_the_first_byte_is_the_lowest_of_the_first_number():
    number = hashed_numbers([1], [2], 1).item()
    assert hashed_bytes([1], [2], 3)[0].tolist() == [
        number & 255,
        number >> 8 & 255,
        number >> 16 & 255,
    ]
