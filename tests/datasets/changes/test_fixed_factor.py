import numpy as np
import pytest
from binary_grid import BinaryGrid
from numbered_images import NumberedImages

from keras_bvae.datasets.changes.fixed_factor import FixedFactor
from keras_bvae.datasets.factor_grid import FactorGrid
from keras_bvae.datasets.factor_table import FactorTable


def test_only_images_of_the_class_are_left():
    fixed = FixedFactor(BinaryGrid(), "scale", 1)
    # By hand, for the sizes 2, 3, 4: four of each shape.
    assert fixed.rows.tolist() == [4, 5, 6, 7, 16, 17, 18, 19]
    np.testing.assert_array_equal(
        fixed.images_at([0, 7]), BinaryGrid().images_at([4, 19])
    )


def test_a_grid_stays_one_of_a_factor_less():
    fixed = FixedFactor(BinaryGrid(), "scale", 1)
    assert isinstance(fixed.factor_space, FactorGrid)
    assert (fixed.factor_names, fixed.factor_sizes) == (("shape", "x"), (2, 4))
    assert fixed.factors_at([5]).tolist() == [[1, 1]]
    np.testing.assert_array_equal(
        fixed.images([[1, 3]]), BinaryGrid().images([[1, 1, 3]])
    )


def test_pairs_are_made_of_what_is_left():
    factors = FixedFactor(BinaryGrid(), "x", 2).pair_batches(6).factors_of_step(0)
    assert ((factors[:, 0] != factors[:, 1]).sum(axis=1) == 1).all()
    rows = FixedFactor(BinaryGrid(), "x", 2).pair_batches(6).rows_of_step(0)
    assert rows.max() < 6


def test_a_table_keeps_its_sizes():
    base = NumberedImages(4)
    base.factor_space = FactorTable(("a", "b"), [[1, 2], [0, 0], [1, 0], [0, 1]])
    fixed = FixedFactor(base, "a", 1)
    assert fixed.rows.tolist() == [0, 2]
    assert fixed.factor_sizes == (3,)
    assert fixed.indices_of([[2], [0]]).tolist() == [0, 1]


def test_the_only_factor_leaves_none():
    base = NumberedImages(4)
    base.factor_space = FactorTable(("a",), [[1], [0], [1], [0]])
    fixed = FixedFactor(base, "a", 0)
    assert (fixed.has_factors, len(fixed)) == (False, 2)


def test_a_class_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match=r"\+fix=x must name a class from 0 to 3"):
        FixedFactor(BinaryGrid(), "x", 4)
    base = NumberedImages(2)
    base.factor_space = FactorTable(("a",), [[0], [2]])
    with pytest.raises(ValueError, match="received numbered, which has none of that"):
        FixedFactor(base, "a", 1)


def test_its_name_loads_it_again():
    assert FixedFactor(BinaryGrid(), "x", 2).name == "blocks+fix=x:2"
