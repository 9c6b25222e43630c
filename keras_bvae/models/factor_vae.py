"""FactorVAE: the total correlation as a discriminator sees it."""

import keras
from keras import ops

from keras_bvae.losses import (
    density_ratio_total_correlation,
    discriminator_cross_entropy,
    permute_codes,
)
from keras_bvae.models.strength import Strength
from keras_bvae.models.two_players import TwoPlayers
from keras_bvae.models.variational_autoencoder import VariationalAutoencoder


@keras.saving.register_keras_serializable(package="keras_bvae")
class FactorVAE(TwoPlayers, VariationalAutoencoder):
    """Minimises -ELBO + γ · TC, TC read off a discriminator of permuted codes, in nats.

    After each update of the autoencoder the discriminator learns to tell the batch's
    codes from the same codes with every latent permuted on its own; its log odds
    estimate the total correlation. γ = 0 is the VAE.

    Args:
        encoder, decoder: see `VariationalAutoencoder`.
        gamma: float >= 0 or a schedule.
        discriminator: Keras model, codes `(batch, latent_dim)` to two logits, "as
            drawn" and "permuted". None: the paper's 6 × 1000 units, leaky ReLU.
        **kwargs: likelihood, gaussian_scale, seed, name, dtype.

    `compile` takes `discriminator_optimizer` besides `optimizer`; the paper's Adam
    (1e-4, β₁ 0.5, β₂ 0.9) where none is given.

    Logs: `total_correlation` in nats, and `discriminator`, its cross-entropy, log 2 =
    0.69 when it cannot tell. As in the reference code the permuted codes are those of
    the same batch; the paper draws a second one.

    Raises:
        ValueError: γ is negative or not finite, or a shape is wrong; on training, a
            batch of 1, which has no permutation.

    Source: Kim & Mnih 2018 (arXiv:1802.05983), equation 2 and algorithm 2.
    """

    penalty_names = ("total_correlation", "discriminator")
    gamma = Strength("The paper uses 10 to 100.")

    def __init__(self, encoder, decoder, gamma=10.0, discriminator=None, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        self.gamma = gamma
        self.add_discriminator(discriminator)

    def objective(self, terms, average):
        logits = self.discriminate(terms.codes)
        tc = average(density_ratio_total_correlation(logits))
        elbo = average(terms.reconstruction + ops.sum(terms.kl, axis=-1))
        return elbo + self.gamma * tc, {"total_correlation": tc}

    def discriminator_objective(self, codes, average, training):
        permuted = permute_codes(codes, self.permutation_seed)
        both = [self.discriminate(c, training) for c in (codes, permuted)]
        return average(discriminator_cross_entropy(*both))
