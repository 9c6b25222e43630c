"""Terms in a TensorFlow graph that learns the batch only when it runs."""

import keras
import numpy as np
import pytest
from formula_contracts import evaluated
from keras import ops

from keras_bvae import losses

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="only TensorFlow has such graphs"
)

CODES, MEAN, LOG_VARIANCE = (
    np.random.default_rng(0).normal(size=(3, 6, 4)).astype("float32")
)
PAIRS = [x.reshape(3, 2, 4) for x in (MEAN, LOG_VARIANCE)]
SIZE = np.float32(100)


def weighted(*inputs):
    return losses.minibatch_decomposition(*inputs, estimator="minibatch_weighted")


def permuted(codes):
    return losses.permute_codes(codes, seed=1)


CASES = [
    (losses.gaussian_log_density, [CODES, MEAN, LOG_VARIANCE]),
    (losses.minibatch_decomposition, [CODES, MEAN, LOG_VARIANCE, SIZE]),
    (losses.minibatch_decomposition, [CODES[:1], MEAN[:1], LOG_VARIANCE[:1], SIZE]),
    (weighted, [CODES, MEAN, LOG_VARIANCE, SIZE]),
    (losses.covariance_gap, [MEAN, LOG_VARIANCE]),
    (losses.maximum_mean_discrepancy, [CODES, MEAN]),
    (permuted, [CODES]),
    (losses.density_ratio_total_correlation, [CODES[:, :2]]),
    (losses.discriminator_cross_entropy, [CODES[:, :2], MEAN[:, :2]]),
    (losses.share_latents, PAIRS),
]


@pytest.mark.parametrize(("function", "inputs"), CASES)
def test_a_graph_of_unknown_batch_gives_the_eager_values(function, inputs):
    import tensorflow as tf

    shapes = [(None, *x.shape[1:]) if x.ndim else () for x in inputs]
    graph = tf.function(function, input_signature=[tf.TensorSpec(s) for s in shapes])
    found = graph(*map(ops.convert_to_tensor, inputs))
    expected = evaluated(function, *inputs)
    if not isinstance(expected, tuple):
        found, expected = (found,), (expected,)
    for ours, theirs in zip(found, expected, strict=True):
        assert np.isfinite(theirs).all()
        # The graph may sum in another order: densities of ten nats lose 1e-6.
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)
