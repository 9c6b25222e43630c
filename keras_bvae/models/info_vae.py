"""InfoVAE: the average code is held to the prior by MMD instead of each by its KL."""

import keras
from keras import ops

from keras_bvae.losses import maximum_mean_discrepancy, require_bandwidth
from keras_bvae.models import model_rules as rules
from keras_bvae.models.strength import Strength
from keras_bvae.models.variational_autoencoder import VariationalAutoencoder


@keras.saving.register_keras_serializable(package="keras_bvae")
class InfoVAE(VariationalAutoencoder):
    """Minimises E_q[-log p(x|z)] + (1 - α) · KL + (α + λ - 1) · MMD²(q(z), N(0, I)).

    α = 1 leaves the KL out (the "MMD-VAE"), so a code may say as much of its image as
    it likes. α = 0 and λ = 1 is the VAE.

    Args:
        encoder, decoder: see `VariationalAutoencoder`.
        alpha: float <= 1 or a schedule.
        lambda_mmd: the paper's λ, with α + λ >= 1: float or a schedule.
        bandwidth: float > 0, σ of the Gaussian kernel. None: 2σ² = latent_dim², as in
            the authors' code.
        **kwargs: likelihood, gaussian_scale, seed, name, dtype.

    Logs: `mmd_penalty`, (α + λ - 1) · MMD² as it enters the loss. Every image of a
    batch counts alike in it, whatever its sample weight.

    Raises:
        ValueError: a strength is out of range, or a shape is wrong.

    Source: Zhao et al. 2017 (arXiv:1706.02262), equation 6.
    """

    penalty_names = ("mmd_penalty",)
    alpha = Strength("1 leaves the KL out, 0 keeps it whole.", least=None, most=1.0)
    lambda_mmd = Strength("The paper uses 1000 with alpha=1.")

    def __init__(
        self,
        encoder,
        decoder,
        alpha=1.0,
        lambda_mmd=1000.0,
        bandwidth=None,
        **kwargs,
    ):
        require_bandwidth(bandwidth)
        super().__init__(encoder, decoder, **kwargs)
        self.alpha = alpha
        self.lambda_mmd = lambda_mmd
        self.bandwidth = bandwidth
        self.prior_seed = self.new_seed_generator()
        rules.require_mmd_strength(alpha, lambda_mmd)

    def objective(self, terms, average):
        prior_codes = keras.random.normal(ops.shape(terms.codes), seed=self.prior_seed)
        mmd = maximum_mean_discrepancy(terms.codes, prior_codes, self.bandwidth)
        penalty = (self.alpha + self.lambda_mmd - 1.0) * mmd
        kl = ops.sum(terms.kl, axis=-1)
        elbo = average(terms.reconstruction + (1.0 - self.alpha) * kl)
        return elbo + penalty, {"mmd_penalty": penalty}

    def get_config(self):
        return {**super().get_config(), "bandwidth": self.bandwidth}
