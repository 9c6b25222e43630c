import re

import pytest
from binary_grid import BinaryGrid
from numbered_images import NumberedImages

from keras_bvae.datasets.changes.factor_column import factor_column
from keras_bvae.datasets.factor_grid import FactorGrid


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
