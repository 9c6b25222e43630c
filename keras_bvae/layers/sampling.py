"""The reparameterised draw: posterior parameters in, a code out."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras_bvae")
class Sampling(keras.layers.Layer):
    """Draws z ~ N(mean, exp(log_variance)), letting gradients through both inputs.

    z = mean + exp(log_variance / 2) · ε with ε ~ N(0, 1), so that the randomness is
    an input and the draw is differentiable.

    Args:
        seed: int or None. None: a fresh seed for each layer.

    Call arguments:
        mean: float tensor, shape `(batch, latent_dim)`.
        log_variance: float tensor, same shape; natural log of the variance.

    Returns:
        Float tensor, shape `(batch, latent_dim)`, float32 or wider whatever the dtype
        policy: half precision would coarsen the noise.

    Source: Kingma & Welling 2014 (arXiv:1312.6114), section 2.4.
    """

    def __init__(self, seed=None, **kwargs):
        # The posterior is small; sampling it in half precision saves nothing.
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.built = True  # no weights: nothing waits for a first call

    def call(self, mean, log_variance):
        noise = keras.random.normal(
            ops.shape(mean), dtype=mean.dtype, seed=self.seed_generator
        )
        return mean + ops.exp(0.5 * log_variance) * noise

    def compute_output_shape(self, mean_shape, log_variance_shape):
        return mean_shape

    def get_config(self):
        return {**super().get_config(), "seed": self.seed}
