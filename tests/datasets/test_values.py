import numpy as np
import pytest

from keras_bvae.datasets.values import kind_of, require_value_shape


def test_the_axes_of_an_example_say_what_it_is():
    kinds = [kind_of((4,) * axes) for axes in (1, 2, 3, 4)]
    assert kinds == ["table", "series", "images", "volumes"]


@pytest.mark.parametrize("shape", [(), (2,) * 5])
def test_other_axes_are_none(shape):
    with pytest.raises(ValueError, match="of 1 to 4 axes an example"):
        kind_of(shape)


def test_shapes_that_are_not_known_yet_pass():
    for shape in (None, (None, 4), (7, None)):
        require_value_shape(shape, (4,))


@pytest.mark.parametrize(
    ("shape", "wanted", "advice"),
    [
        ((6, 2), (6, 2), r"x\[None\]"),
        ((9, 6), (6, 2), r"x\[..., None\]"),
        ((9, 6, 3), (6, 2), "Build the network"),
        ((9,), (6, 2), "Build the network"),
    ],
)
def test_other_shapes_are_told_what_to_do(shape, wanted, advice):
    with pytest.raises(ValueError, match=advice):
        require_value_shape(np.zeros(shape).shape, wanted)
