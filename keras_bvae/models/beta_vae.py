"""β-VAE: the VAE whose KL counts β times."""

import keras
import numpy as np
from keras import ops

from keras_bvae.models.model_rules import require_not_negative
from keras_bvae.models.variational_autoencoder import VariationalAutoencoder


@keras.saving.register_keras_serializable(package="keras_bvae")
class BetaVAE(VariationalAutoencoder):
    """Minimises E_q[-log p(x|z)] + β · KL(q(z|x) ‖ N(0, I)), in nats.

    β = 1 is the VAE; β > 1 presses the latents apart at a cost in reconstruction. The
    paper's normalised β is β · latents / pixels.

    Args:
        encoder, decoder: see `VariationalAutoencoder`.
        beta: float >= 0. `model.beta = 8` changes it at any time, in the middle of
            training too: it is a weight of the model, saved with it.
        **kwargs: likelihood, gaussian_scale, seed, name, dtype.

    Raises:
        ValueError: β is negative or not finite, or a shape is wrong.

    Source: Higgins et al. 2017 (ICLR), equation 4.

    Example:

    ```python
    encoder, decoder = kb.networks.build("burgess2018")
    model = kb.BetaVAE(encoder, decoder, beta=4.0)
    model.compile(optimizer=keras.optimizers.Adam(5e-4))
    model.fit(kb.datasets.load("dsprites").batches(64), epochs=1)
    ```
    """

    def __init__(self, encoder, decoder, beta=1.0, **kwargs):
        require_not_negative(beta=beta)
        super().__init__(encoder, decoder, **kwargs)
        # A weight, not a number: numbers are frozen into the compiled step.
        self._beta = self.add_weight(
            name="beta", shape=(), initializer="zeros", trainable=False
        )
        self.beta = beta

    @property
    def beta(self):
        """β, a scalar `keras.Variable`; assign a number to change it."""
        return self._beta

    @beta.setter
    def beta(self, value):
        require_not_negative(beta=value)
        self._beta.assign(value)

    def objective(self, terms, average):
        kl = ops.sum(terms.kl, axis=-1)
        return average(terms.reconstruction + self.beta * kl), {}

    def get_config(self):
        beta = np.float32(ops.convert_to_numpy(self.beta))
        # Through text, so that 0.1 comes back as 0.1 and not as its float32.
        return {**super().get_config(), "beta": float(str(beta))}
