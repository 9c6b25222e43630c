import numpy as np
import pytest
from numbered_images import NumberedImages

from keras_bvae.metrics.sampling import encoding
from keras_bvae.metrics.sampling.encoding import EncodedImages, reduce_codes
from keras_bvae.metrics.sampling.known_codes import CodesOfSome, with_known_codes

pytestmark = pytest.mark.filterwarnings("error")

SINGLES, PAIRS = np.array([3, 7, 7]), np.array([[9, 3], [0, 200]])
DISTINCT = [0, 3, 7, 9, 200]


class CountingEncoder:
    """Image number to the codes (number, number²); remembers what it was given."""

    def __init__(self):
        self.batches = []

    def __call__(self, images):
        numbers = images[:, 0, 0, 0].astype("float32")
        self.batches.append(numbers.astype(int).tolist())
        return np.stack([numbers, numbers**2], axis=1)


def test_two_kinds_of_points_share_their_images():
    encoder, dataset, calls = CountingEncoder(), NumberedImages(256), []
    encoded, count = with_known_codes(
        encoder,
        dataset,
        [SINGLES, PAIRS],
        batch_size=2,
        progress=lambda done, total: calls.append((done, total)),
    )
    singles, _ = reduce_codes(encoded, dataset, SINGLES[:, None], lambda c: c[:, 0])
    pairs, _ = reduce_codes(encoded, dataset, PAIRS, lambda c: c.sum(1))
    np.testing.assert_array_equal(singles, [[3, 9], [7, 49], [7, 49]])
    np.testing.assert_array_equal(pairs, [[12, 90], [200, 40_000]])
    assert encoder.batches == [[0, 3], [7, 9], [200]]
    assert count == 5
    assert calls == [(2, 5), (4, 5), (5, 5)]


def test_codes_that_are_known_are_not_encoded_again():
    encoder, dataset = CountingEncoder(), NumberedImages(256)
    known = EncodedImages(encoder, dataset)
    known.codes_at(np.array([0, 3, 7]))
    encoded, count = with_known_codes(known, dataset, [SINGLES, PAIRS])
    assert encoded is known
    assert encoder.batches == [[0, 3, 7], [9, 200]]
    assert count == 5


def test_a_table_that_does_not_fit_is_left_to_reduce_codes(monkeypatch):
    monkeypatch.setattr(encoding, "MAX_TABLE_BYTES", 256 * 8 - 1)
    encoder = CountingEncoder()
    encoded, count = with_known_codes(
        encoder, NumberedImages(256), [SINGLES, PAIRS], batch_size=2
    )
    assert encoded is encoder
    assert encoder.batches == [[0, 3]]
    assert count == 5


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="received batch_size=0"):
        with_known_codes(CountingEncoder(), NumberedImages(256), [SINGLES], 0)
    with pytest.raises(ValueError, match="received a tuple of 2"):
        with_known_codes(lambda x: (x, x), NumberedImages(256), [SINGLES])


def test_codes_of_some_images_by_their_numbers():
    indices, codes = np.array([7, 2, 9]), np.arange(6.0).reshape(3, 2)
    some = CodesOfSome(indices, codes)
    np.testing.assert_array_equal(some.codes_at(indices), codes)
    np.testing.assert_array_equal(
        some.codes_at(np.array([[2], [9]])), codes[[[1], [2]]]
    )
