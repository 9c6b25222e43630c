import re

import numpy as np
import pytest

from keras_bvae.metrics.posterior_arrays import as_posteriors


def test_both_come_back_as_float64():
    mean, log_variance = as_posteriors([[1, 2]], np.zeros((1, 2), "float32"))
    assert mean.dtype == log_variance.dtype == np.float64
    assert mean.tolist() == [[1.0, 2.0]]


@pytest.mark.parametrize(
    ("mean", "log_variance", "said"),
    [
        (np.zeros((3, 2)), np.zeros((3, 1)), "log_variance.shape=(3, 1)"),
        (np.zeros(3), np.zeros(3), "mean.shape=(3,)"),
        (np.full((3, 2), np.nan), np.zeros((3, 2)), "received NaN or infinity"),
        (np.zeros((3, 2)), np.full((3, 2), np.inf), "received NaN or infinity"),
    ],
)
def test_what_are_no_posteriors_is_named(mean, log_variance, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        as_posteriors(mean, log_variance)
