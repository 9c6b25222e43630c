import re

import numpy as np
import pytest

from keras_bvae.representations import OwnCodes

CODES = np.arange(12.0).reshape(6, 2)
FACTORS = [[5, 0], [5, 2], [7, 0], [7, 2], [5, 0], [7, 2]]


def test_codes_come_by_their_rows():
    own = OwnCodes(CODES)
    np.testing.assert_array_equal(own.codes_at([[0, 5], [1, 1]])[0, 1], CODES[5])
    assert len(own) == 6
    assert not own.has_factors


def test_classes_are_numbered_from_0():
    own = OwnCodes(CODES, FACTORS)
    assert own.factor_sizes == (2, 2)
    assert own.factor_names == ("factor 0", "factor 1")
    assert own.factors_at([0, 3]).tolist() == [[0, 0], [1, 1]]


def test_it_is_no_grid_even_if_every_combination_occurs():
    assert not OwnCodes(CODES, FACTORS).is_complete_grid


def test_names_are_the_users():
    assert OwnCodes(CODES, FACTORS, ("a", "b"), "mine").factor_names == ("a", "b")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((CODES[:5], FACTORS), "5 rows of codes and 6 of `factors`"),
        ((CODES, FACTORS, ("a",)), "`factor_names` must name each of the 2 factors"),
        ((CODES * np.nan, FACTORS), "`codes` must be finite"),
        ((CODES, np.array(FACTORS) + 0.5), "must be classes, whole numbers"),
    ],
)
def test_bad_arrays_are_named(arguments, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        OwnCodes(*arguments)
