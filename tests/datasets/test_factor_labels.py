import pytest

from keras_bvae import datasets
from keras_bvae.datasets.factor_labels import factor_labels


class Valued(datasets.Dataset):
    def __init__(self, name, values=None, size=3):
        super().__init__(
            "dsprites-like", (8, 8, 1), datasets.FactorGrid((name,), (size,))
        )
        self.factor_values = {} if values is None else {name: values}


@pytest.mark.parametrize(
    ("name", "values", "labels", "is_ordered"),
    [
        ("shape", None, ("square", "ellipse", "heart"), False),
        ("scale", None, ("0", "1", "2"), True),
        ("scale", ("0.5", "1", "1e1"), ("0.5", "1", "1e1"), True),
        ("color", ("red", "1", "2"), ("red", "1", "2"), False),
        ("object_label", ("4", "7", "9"), ("4", "7", "9"), False),
        ("age", ("4", "7"), ("0", "1", "2"), True),
    ],
)
def test_classes_are_called_by_their_values(name, values, labels, is_ordered):
    assert factor_labels(Valued(name, values), name) == (labels, is_ordered)
