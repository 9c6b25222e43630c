"""Capacity annealing: the KL is held at C nats, and C grows."""

import keras
from keras import ops

from keras_bvae.models.strength import Strength
from keras_bvae.models.variational_autoencoder import VariationalAutoencoder
from keras_bvae.schedules import Linear


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
