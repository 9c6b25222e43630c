"""A running mean of a vector, logged as one number a latent."""

import keras
from keras import ops


class LatentMean(keras.metrics.Metric):
    """Weighted running mean of a vector; `result()` is a dict `kl_0`, `kl_1`, …

    Args:
        latent_dim: int, the vector's length.
        prefix: what the keys start with.
    """

    def __init__(self, latent_dim, prefix="kl", name="kl_of_each_latent"):
        super().__init__(name=name)
        self.prefix = prefix
        self.latent_dim = latent_dim
        self.total = self.add_variable((latent_dim,), initializer="zeros", name="total")
        self.count = self.add_variable((), initializer="zeros", name="count")

    def update_state(self, values, sample_weight=1.0):
        weight = ops.cast(sample_weight, self.dtype)
        self.total.assign_add(ops.cast(values, self.dtype) * weight)
        self.count.assign_add(weight)

    def result(self):
        mean = ops.divide_no_nan(self.total.value, self.count.value)
        return {
            f"{self.prefix}_{index}": mean[index] for index in range(self.latent_dim)
        }
