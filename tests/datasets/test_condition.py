import numpy as np
import pytest
from numbered_run import Squares

from keras_bvae.datasets.condition import (
    GivenImages,
    as_condition,
    classes_of,
    condition_at,
    condition_of,
    require_condition,
)


def test_a_selection_of_images_keeps_its_classes():
    images = GivenImages(np.zeros((4, 8, 8, 1), np.uint8), [[0], [1], [2], [3]])
    assert condition_of(images[[3, 1]]).tolist() == [[3], [1]]
    assert condition_of(images[2]).tolist() == [2]
    assert condition_of(images[2][None]).tolist() == [[2]]
    assert condition_of(images[1:3]).tolist() == [[1], [2]]


def test_what_computes_with_images_has_none():
    images = GivenImages(np.ones((4, 8, 8, 1)), [[0], [1], [2], [3]])
    assert condition_of(images / 2) is None
    assert condition_of(np.asarray(images)) is None


def test_factors_are_classes_to_be_told():
    squares = Squares()
    assert classes_of(squares) == dict(
        zip(squares.factor_names, squares.factor_sizes, strict=True)
    )
    names = squares.factor_names[::-1]
    found = condition_at(squares, [7, 0], names)
    np.testing.assert_array_equal(found, squares.factors_at([7, 0])[:, ::-1])


@pytest.mark.parametrize("names", ["colour", ("row", "row"), ()])
def test_others_are_refused(names):
    with pytest.raises(ValueError, match="must name factors or labels of"):
        require_condition(Squares(), names)


@pytest.mark.parametrize(
    ("given", "condition"),
    [
        (None, None),
        (10, {"label": 10}),
        ((10,), {"label": 10}),
        ((3, 6), {"label 1": 3, "label 2": 6}),
        ({"shape": 3}, {"shape": 3}),
        ([["shape", 3]], {"shape": 3}),
    ],
)
def test_sizes_and_names_are_a_condition(given, condition):
    assert as_condition(given) == condition


@pytest.mark.parametrize("given", [(), 1, (1,), "ab", {"a": 1}, {3: 3}, 2.5, [[1]]])
def test_what_is_none_is_refused(given):
    with pytest.raises(ValueError, match="must be numbers of classes, each 2 or more"):
        as_condition(given)
