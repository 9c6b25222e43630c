import re

import numpy as np
import pytest
from factor_pixels import FactorPixels, NoFactors
from numbered_run import Squares

from keras_bvae.metrics.sampling.array_sample import array_sample


def test_images_are_different_and_their_factors_are_theirs():
    dataset = FactorPixels()
    sample = array_sample(dataset, 300, 200, seed=1)
    assert len(np.unique(sample.indices)) == 500
    assert sample.train_points == 300
    np.testing.assert_array_equal(sample.factors, dataset.factors_at(sample.indices))
    train, test = sample.split(sample.factors)
    assert (len(train), len(test)) == (300, 200)


def test_the_seed_decides():
    first, again, other = (
        array_sample(FactorPixels(), 50, 20, seed).indices for seed in (3, 3, 4)
    )
    assert (first == again).all()
    assert (first != other).any()


def test_a_factor_of_one_value_is_left_out():
    dataset = FactorPixels(names=("color", "shape", "scale"), sizes=(1, 5, 4))
    sample = array_sample(dataset, 8, 4)
    assert sample.factor_names == ("shape", "scale")
    assert sample.factors.shape == (12, 2)


def test_a_small_data_set_gives_two_thirds_and_one_third():
    sample = array_sample(Squares(), 10_000, 5_000)
    assert sorted(sample.indices) == list(range(36))
    assert sample.train_points == 24


def test_without_factors_there_are_only_images():
    sample = array_sample(NoFactors())
    assert sample.factors is None
    assert sample.factor_names == ()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"train_points": 0}, "`train_points` must be a whole number >= 1; received"),
        ({"test_points": 2.5}, "`test_points` must be a whole number >= 1; received"),
        ({"seed": -1}, "`seed` must be a whole number from 0 to 4,294,967,295"),
    ],
)
def test_bad_numbers_are_named(arguments, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        array_sample(Squares(), **arguments)


def test_five_images_are_too_few():
    dataset = FactorPixels(names=("a",), sizes=(5,))
    with pytest.raises(ValueError, match=r"at least 6 images .* received 5"):
        array_sample(dataset)
