import re

import numpy as np
import pytest
from factor_pixels import FactorPixels
from numbered_images import NumberedImages

from keras_bvae.errors import InvalidValue, NonFiniteCodes
from keras_bvae.metrics.sampling import encoding
from keras_bvae.metrics.sampling.encoding import reduce_codes


class CountingEncoder:
    """Image number to the codes (number, number²); remembers what it was given."""

    def __init__(self):
        self.batches = []

    def __call__(self, images):
        numbers = images[:, 0, 0, 0].astype("float32")
        self.batches.append(numbers.astype(int).tolist())
        return np.stack([numbers, numbers**2], axis=1)

    @property
    def seen(self):
        return [number for batch in self.batches for number in batch]


INDICES = np.array([[7, 3, 3], [9, 7, 0], [3, 3, 3], [0, 200, 9]])


def summed(codes):
    return codes.sum(1)


# Per point, by hand: the sum of its numbers and of their squares.
SUMS = [[13, 67], [16, 130], [9, 27], [209, 40081]]


def test_each_distinct_image_is_encoded_once():
    encoder = CountingEncoder()
    rows, sizes = reduce_codes(encoder, NumberedImages(256), INDICES, summed)
    np.testing.assert_array_equal(rows, SUMS)
    assert encoder.seen == [0, 3, 7, 9, 200]
    assert sizes == {"distinct_images": 5, "latent_dim": 2}


def test_batches_bound_what_is_encoded_at_once():
    encoder, calls = CountingEncoder(), []
    rows, _ = reduce_codes(
        encoder,
        NumberedImages(256),
        INDICES,
        summed,
        batch_size=2,
        progress=lambda done, total: calls.append((done, total)),
    )
    np.testing.assert_array_equal(rows, SUMS)
    assert encoder.batches == [[0, 3], [7, 9], [200]]
    assert calls == [(2, 5), (4, 5), (5, 5)]


def test_gathering_in_pieces_changes_nothing(monkeypatch):
    monkeypatch.setattr(encoding, "MAX_GATHERED_BYTES", 1)
    rows, _ = reduce_codes(CountingEncoder(), NumberedImages(256), INDICES, summed)
    np.testing.assert_array_equal(rows, SUMS)


def test_codes_that_fill_the_memory_are_encoded_group_by_group(monkeypatch):
    # Five codes of 8 bytes exceed 24; the points then go one by one.
    monkeypatch.setattr(encoding, "MAX_TABLE_BYTES", 24)
    encoder, calls = CountingEncoder(), []
    rows, sizes = reduce_codes(
        encoder,
        NumberedImages(256),
        INDICES,
        summed,
        batch_size=1,
        progress=lambda done, total: calls.append((done, total)),
    )
    np.testing.assert_array_equal(rows, SUMS)
    assert sizes["distinct_images"] == 5
    # The first batch, then what each point needs: 2, 3, 1 and 3 images.
    assert encoder.seen == [0, 3, 7, 0, 7, 9, 3, 0, 9, 200]
    assert calls[-1] == (9, 9)


def test_points_may_have_inner_axes():
    indices = np.arange(12).reshape(2, 3, 2)
    rows, _ = reduce_codes(
        CountingEncoder(), NumberedImages(256), indices, lambda c: c[:, 0, 1]
    )
    np.testing.assert_array_equal(rows, [[1, 1], [7, 49]])


def test_unsigned_pixels_as_codes_do_not_wrap_around():
    rows, _ = reduce_codes(
        lambda images: images.reshape(len(images), -1),
        FactorPixels(("left", "right"), (4, 4)),
        np.array([[0, 15]]),
        lambda codes: codes[:, 0] - codes[:, 1],
    )
    np.testing.assert_array_equal(rows, [[-3.0, -3.0]])


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (lambda n: (np.zeros((n, 2)), np.zeros((n, 2))), "received a tuple of 2"),
        (lambda n: np.zeros((n - 1, 2)), "received shape (4, 2) for 5 images"),
        (lambda n: np.zeros(n), "received shape (5,) for 5 images"),
        (lambda n: np.zeros((n, 0)), "received shape (5, 0) for 5 images"),
    ],
)
def test_what_is_no_row_of_codes_per_image_is_refused(codes, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        reduce_codes(lambda x: codes(len(x)), NumberedImages(256), INDICES, summed)


def test_nan_has_an_error_of_its_own():
    def encode(images):
        return np.where(images[:, 0, 0] == 7, np.nan, 1.0)

    with pytest.raises(NonFiniteCodes, match="received 1 of 5 rows with NaN"):
        reduce_codes(encode, NumberedImages(256), INDICES, summed)


@pytest.mark.parametrize("dtype", ["c8", "U3", "M8[s]", [("a", "f4")]])
def test_codes_that_a_cast_would_cut_are_refused(dtype):
    codes = np.zeros((5, 2), dtype)
    with pytest.raises(InvalidValue, match="`encode` must return real numbers"):
        reduce_codes(lambda images: codes, NumberedImages(256), INDICES, summed)
