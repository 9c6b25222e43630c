import numpy as np
import pytest
from sklearn import datasets as bundled

from keras_bvae.datasets import load

SHAPES = {
    "iris": (150, 4, ("species", 3)),
    "wine": (178, 13, ("cultivar", 3)),
    "breast_cancer": (569, 30, ("tumour", 2)),
    "diabetes": (442, 10, ("sex", 2)),
}


@pytest.mark.parametrize("name", SHAPES)
def test_tables_of_scikit_learn(name):
    rows, columns, factor = SHAPES[name]
    dataset = load(name)
    assert (len(dataset), dataset.image_shape) == (rows, (columns,))
    assert (*dataset.factor_names, *dataset.factor_sizes) == factor
    assert len(dataset.channel_names) == columns
    assert len(dataset.factor_values[factor[0]]) == factor[1]


def test_values_are_in_their_own_units():
    wine = load("wine")
    np.testing.assert_allclose(
        wine.images_at(np.arange(178)), bundled.load_wine().data, rtol=1e-6
    )
    diabetes = load("diabetes")
    assert diabetes.channel_names[-1] == "progression"
    assert "sex" not in diabetes.channel_names
    assert diabetes.images_at([0])[0, 0] == 59  # years
