import numpy as np
from keras import ops

from keras_bvae.models.latent_mean import LatentMean


def test_mean_is_weighted_and_named_by_latent():
    metric = LatentMean(2)
    metric.update_state(np.float32([1.0, 10.0]), sample_weight=3.0)
    metric.update_state(np.float32([5.0, 50.0]), sample_weight=1.0)
    # By hand: (3·1 + 5) / 4 and (3·10 + 50) / 4
    result = {
        name: float(ops.convert_to_numpy(v)) for name, v in metric.result().items()
    }
    assert result == {"kl_0": 2.0, "kl_1": 20.0}


def test_reset_forgets():
    metric = LatentMean(1)
    metric.update_state(np.float32([1.0]))
    metric.reset_state()
    assert float(ops.convert_to_numpy(metric.result()["kl_0"])) == 0.0
