"""β-VAE, and β-VAE with the KL held at a capacity."""

import keras
from keras import ops

from keras_bvae.models.strength import Strength
from keras_bvae.models.variational_autoencoder import VariationalAutoencoder
from keras_bvae.schedules import Linear


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


@keras.saving.register_keras_serializable(package="keras_bvae")
class AnnealedVAE(VariationalAutoencoder):
    """Minimises E_q[-log p(x|z)] + γ · |KL(q(z|x) ‖ N(0, I)) - C|, in nats.

    The KL is averaged over the batch before the absolute value. γ = 1 and C = 0 is the
    VAE.

    Args:
        encoder, decoder: see `VariationalAutoencoder`.
        gamma: float >= 0 or a schedule; nats of loss for a nat off C.
        capacity: C in nats: float >= 0 or a schedule. None: the paper's line from 0 to
            25 nats over 100,000 steps.
        **kwargs: likelihood, gaussian_scale, seed, name, dtype.

    Logs: `capacity_gap`, |KL - C| in nats; and `capacity` while it moves.

    Raises:
        ValueError: γ or C is negative or not finite, or a shape is wrong.

    Source: Burgess et al. 2018 (arXiv:1804.03599), equation 8; the average as in
    Locatello et al. 2019 (arXiv:1811.12359).
    """

    penalty_names = ("capacity_gap",)
    gamma = Strength("The paper uses 1000.")
    capacity = Strength("The paper goes from 0 to 25 nats.")

    def __init__(self, encoder, decoder, gamma=1000.0, capacity=None, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        self.gamma = gamma
        self.capacity = Linear(0.0, 25.0, 100_000) if capacity is None else capacity

    def objective(self, terms, average):
        kl = average(ops.sum(terms.kl, axis=-1))
        gap = ops.abs(kl - self.capacity)
        loss = average(terms.reconstruction) + self.gamma * gap
        return loss, {"capacity_gap": gap}
