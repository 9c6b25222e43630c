"""β-VAE: the VAE whose KL counts β times."""

import keras
from keras import ops

from keras_bvae.models.strength import Strength
from keras_bvae.models.variational_autoencoder import VariationalAutoencoder


@keras.saving.register_keras_serializable(package="keras_bvae")
class BetaVAE(VariationalAutoencoder):
    """Minimises E_q[-log p(x|z)] + β · KL(q(z|x) ‖ N(0, I)), in nats.

    β = 1 is the VAE; β > 1 presses the latents apart at a cost in reconstruction. The
    paper's normalised β is β · latents / pixels.

    Args:
        encoder, decoder: see `VariationalAutoencoder`.
        beta: float >= 0, or a schedule for warm-up, as
            `kb.schedules.Linear(0, 4, steps=5000)`. Of a model made with a number,
            `model.beta = 8` changes it at any time, in the middle of training too.
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

    beta = Strength("1 gives a plain VAE, above 1 presses for disentanglement.")

    def __init__(self, encoder, decoder, beta=1.0, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        self.beta = beta

    def objective(self, terms, average):
        kl = ops.sum(terms.kl, axis=-1)
        return average(terms.reconstruction + self.beta * kl), {}
