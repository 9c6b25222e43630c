import re

import numpy as np
import pytest
from binary_grid import BinaryGrid
from numbered_images import NumberedImages

from keras_bvae.datasets.changes.dataset_view import (
    DatasetView,
    SharedFactorTable,
    factor_column,
)
from keras_bvae.datasets.factors import FactorGrid

# 40 combinations, each held by three rows.
FACTORS = np.stack(np.divmod(np.repeat(np.arange(40), 3), 8), axis=1)
TABLE = SharedFactorTable(("a", "b"), FACTORS, (5, 8))


class Recorded(BinaryGrid):
    packs_bits = True

    def __init__(self):
        super().__init__()
        self.calls = []

    def prepare(self, progress=None):
        self.calls.append(progress)

    def stored_at(self, indices):
        return np.asarray(indices) * 10

    def stored_images(self, count):
        return np.full(3, count)

    def training_weights(self):
        return np.arange(24.0)


def test_a_name_is_its_place():
    assert factor_column(BinaryGrid(), "scale", "+fix") == 1


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("x_position", "Did you mean position_x?"),
        ("scales", "Did you mean scale?"),
        ("?", "Name one of those."),
    ],
)
def test_an_unknown_name_gets_advice(name, advice):
    dataset = BinaryGrid(FactorGrid(("scale", "position_y", "position_x"), (2, 3, 4)))
    said = f"which has scale, position_y, position_x; received {name!r}. {advice}"
    with pytest.raises(ValueError, match=re.escape(said)):
        factor_column(dataset, name, "+hide")


def test_no_factors_are_refused():
    with pytest.raises(ValueError, match=r"\+hide needs the factors"):
        factor_column(NumberedImages(3), "shape", "+hide")


def test_a_combination_gives_a_row_that_holds_it():
    wanted = FACTORS[::3]
    rows = TABLE.indices_of(wanted)
    np.testing.assert_array_equal(TABLE.at(rows), wanted)
    np.testing.assert_array_equal(TABLE.indices_of(wanted[::-1]), rows[::-1])


def test_each_of_the_rows_is_picked_for_some_combination():
    which = TABLE.indices_of(FACTORS[::3]) % 3
    counts = np.bincount(which, minlength=3)
    # 40 picks among three: 13.3 each, give or take three deviations of 3.
    assert counts.min() >= 5


def test_rows_may_come_in_any_order():
    order = np.random.default_rng(0).permutation(120)
    shuffled = SharedFactorTable(("a", "b"), FACTORS[order], (5, 8))
    found = shuffled.indices_of(FACTORS[::3])
    np.testing.assert_array_equal(FACTORS[order][found], FACTORS[::3])


def test_sizes_are_the_given_ones():
    table = SharedFactorTable(("a", "b"), [[0, 1]], (2, 3))
    assert table.sizes == (2, 3)
    assert not table.is_complete
    assert TABLE.is_complete


def test_a_single_row_is_found():
    table = SharedFactorTable(("a", "b"), [[1, 1], [0, 2]], (2, 3))
    assert table.indices_of([[0, 2], [1, 1]]).tolist() == [1, 0]


def test_a_view_is_served_by_its_base():
    base = Recorded()
    view = DatasetView(base, "same", "nothing was changed")
    assert view.name == "blocks+same"
    assert view.changes == ("nothing was changed",)
    assert view.factor_space is base.factor_space
    assert (len(view), view.image_shape, view.packs_bits) == (24, (8, 8, 1), True)
    np.testing.assert_array_equal(view.images_at([3, 1]), base.images_at([3, 1]))
    assert view.stored_at([2]).tolist() == [20]
    assert view.stored_images(7).tolist() == [7, 7, 7]
    assert view.training_weights()[23] == 23
    assert view.partners_of([0], [[1, 2, 3]]).tolist() == [23]
    view.prepare("bar")
    assert base.calls == ["bar"]


def test_a_view_of_a_view_tells_both_changes():
    view = DatasetView(DatasetView(BinaryGrid(), "a", "first"), "b", "second")
    assert view.name == "blocks+a+b"
    assert view.changes == ("first", "second")


def test_a_view_can_have_no_factors():
    view = DatasetView(BinaryGrid(), "a", "none", count=5, factor_space=None)
    assert (len(view), view.has_factors) == (5, False)
