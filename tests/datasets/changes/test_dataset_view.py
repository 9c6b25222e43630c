import numpy as np
from binary_grid import BinaryGrid

from keras_bvae.datasets.changes.dataset_view import DatasetView


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
