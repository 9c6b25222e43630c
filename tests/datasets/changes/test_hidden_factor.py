import numpy as np
import pytest
from binary_grid import BinaryGrid
from numbered_images import NumberedImages

from keras_bvae.datasets.changes.fixed_factor import FixedFactor
from keras_bvae.datasets.changes.hidden_factor import HiddenFactor
from keras_bvae.datasets.factor_grid import FactorGrid
from keras_bvae.datasets.factor_table import FactorTable


def numbered_grid(sizes=(3, 10, 10)):
    dataset = NumberedImages(int(np.prod(sizes)))
    dataset.factor_space = FactorGrid(("shape", "scale", "x"), sizes)
    return dataset


def test_the_factor_is_gone_and_the_images_stay():
    hidden = HiddenFactor(BinaryGrid(), "shape")
    assert (hidden.factor_names, hidden.factor_sizes) == (("scale", "x"), (3, 4))
    assert len(hidden) == 24
    assert hidden.is_complete_grid
    np.testing.assert_array_equal(
        hidden.images_at(np.arange(24)), BinaryGrid().images_at(np.arange(24))
    )
    # By hand: image 12 is the first of the second shape.
    assert hidden.factors_at([0, 12, 23]).tolist() == [[0, 0], [0, 0], [2, 3]]


def test_images_by_factors_have_these_and_any_hidden_class():
    base = numbered_grid()
    hidden = HiddenFactor(base, "shape")
    wanted = FactorGrid(("scale", "x"), (10, 10)).at(np.arange(100))
    found = hidden.indices_of(wanted)
    np.testing.assert_array_equal(base.factors_at(found)[:, 1:], wanted)
    np.testing.assert_array_equal(hidden.indices_of(wanted[::-1]), found[::-1])
    shapes = np.bincount(base.factors_at(found)[:, 0], minlength=3)
    assert shapes.min() >= 20  # 33 each, give or take


def test_a_factor_in_the_middle_can_be_hidden():
    hidden = HiddenFactor(BinaryGrid(), "scale")
    found = hidden.indices_of([[1, 2]])
    assert BinaryGrid().factors_at(found)[0, [0, 2]].tolist() == [1, 2]


def test_partners_keep_the_hidden_class():
    base = numbered_grid()
    hidden = HiddenFactor(base, "shape")
    indices = np.arange(0, 300, 7)
    factors = np.stack([np.arange(43) % 10, np.arange(43) % 7], axis=1)
    partners = base.factors_at(hidden.partners_of(indices, factors))
    np.testing.assert_array_equal(partners[:, 0], base.factors_at(indices)[:, 0])
    np.testing.assert_array_equal(partners[:, 1:], factors)


def test_partners_of_partners_two_levels_down():
    base = numbered_grid()
    two = FixedFactor(HiddenFactor(base, "shape"), "scale", 4)
    # By hand: the images of scale 4 are 40 … 49, 140 … 149 and 240 … 249.
    assert two.rows.tolist() == [*range(40, 50), *range(140, 150), *range(240, 250)]
    assert two.partners_of([3, 13, 23], [[9], [9], [9]]).tolist() == [9, 19, 29]


def test_pairs_hold_the_hidden_class_still():
    hidden = HiddenFactor(numbered_grid((2, 10, 10)), "shape")
    rows = hidden.pair_batches(100).rows_of_step(0)
    np.testing.assert_array_equal(rows[:, 0] // 100, rows[:, 1] // 100)
    assert (rows[:, 0] != rows[:, 1]).all()


def test_gaps_are_filled_by_another_hidden_class():
    base = NumberedImages(3)
    base.factor_space = FactorTable(("shape", "x"), [[0, 0], [1, 0], [1, 1]])
    hidden = HiddenFactor(base, "shape")
    assert hidden.is_complete_grid
    # No image has shape 0 and x 1.
    assert hidden.partners_of([0], [[1]]).tolist() == [2]


def test_two_factors_can_be_hidden():
    hidden = HiddenFactor(HiddenFactor(BinaryGrid(), "shape"), "scale")
    assert hidden.factor_names == ("x",)
    assert hidden.name == "blocks+hide=shape+hide=scale"


def test_a_last_factor_stays():
    one = HiddenFactor(HiddenFactor(BinaryGrid(), "shape"), "scale")
    with pytest.raises(ValueError, match="received x, the only one of blocks"):
        HiddenFactor(one, "x")
