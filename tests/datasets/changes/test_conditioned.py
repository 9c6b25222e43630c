import numpy as np
import pytest
from numbered_run import Squares

from keras_bvae import datasets
from keras_bvae.datasets.changes.conditioned import ConditionedDataset
from keras_bvae.datasets.condition import condition_at


def test_images_bring_their_condition_and_metrics_see_the_other_factors():
    squares = Squares()
    told = ConditionedDataset(squares, ("column",))
    images = told.images_at([3, 20])
    assert images.condition[:, 0].tolist() == squares.factors_at([3, 20])[:, 1].tolist()
    np.testing.assert_array_equal(images, squares.images_at([3, 20]))
    assert (told.name, told.factor_names) == ("squares", ("row", "column"))
    scored = told.without_condition()
    assert (scored.name, scored.factor_names) == ("squares", ("row",))
    assert scored.images(np.array([[2]])).condition.shape == (1, 1)
    both = ConditionedDataset(squares, ("row", "column"))
    assert not both.without_condition().has_factors


def test_labels_follow_a_part_of_the_data():
    digits = datasets.load("digits+size=8")
    part, _ = digits.split(0.5)
    rows = np.arange(5)
    expected = digits.labels_at(part.rows[rows])
    np.testing.assert_array_equal(condition_at(part, rows, ("label",)), expected)
    assert ConditionedDataset(digits, "label").without_condition().label_sizes == (10,)


@pytest.mark.parametrize("names", ["shape", ("row", "row"), (), ("row", "shape")])
def test_a_condition_names_what_there_is(names):
    with pytest.raises(ValueError, match="factors or labels of squares"):
        Squares().batches(4, condition=names)
