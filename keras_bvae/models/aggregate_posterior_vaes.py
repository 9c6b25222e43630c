"""DIP-VAE and InfoVAE: the codes of all images together are pressed to the prior."""

import keras
from keras import ops

from keras_bvae.losses import covariance_gap, maximum_mean_discrepancy
from keras_bvae.losses.maximum_mean_discrepancy import require_bandwidth
from keras_bvae.models import model_rules as rules
from keras_bvae.models.strength import MultipleOf, Strength, strengths_of
from keras_bvae.models.variational_autoencoder import VariationalAutoencoder
from keras_bvae.rules import require_one_of

# For each variant, λ_d as a multiple of λ_od: Locatello et al. 2019, appendix.
LAMBDA_D_RATIO = {"i": 10.0, "ii": 1.0}


@keras.saving.register_keras_serializable(package="keras_bvae")
class DIPVAE(VariationalAutoencoder):
    """Minimises -ELBO + λ_od · Σ_{i≠j} C_ij² + λ_d · Σ_i (C_ii - 1)², in nats.

    C is the covariance over the batch: of the means (I), or of the codes, which adds
    the average posterior variance to its diagonal (II). λ_od = λ_d = 0 is the VAE.

    Args:
        encoder, decoder: see `VariationalAutoencoder`.
        lambda_od: float >= 0 or a schedule, off the diagonal.
        lambda_d: the same on the diagonal. None: 10 · λ_od for I, λ_od for II, also
            where λ_od follows a schedule or is assigned later.
        variant: "i" or "ii".
        **kwargs: likelihood, gaussian_scale, seed, name, dtype.

    Logs: `off_diagonal_penalty` and `diagonal_penalty` as they enter the loss. Every
    image of a batch counts alike in C, whatever its sample weight.

    Raises:
        ValueError: a strength is negative or not finite, an unknown variant, a wrong
            shape; on training, a batch of 1, which has no covariance.

    Source: Kumar et al. 2018 (arXiv:1711.00848), equations 6 and 7.
    """

    penalty_names = ("off_diagonal_penalty", "diagonal_penalty")
    lambda_od = Strength("The papers use 1 to 50.")
    lambda_d = MultipleOf(
        "lambda_od",
        lambda model: LAMBDA_D_RATIO[model.variant],
        "The papers use λ_od (II) or ten times it (I).",
    )

    def __init__(
        self, encoder, decoder, lambda_od=10.0, lambda_d=None, variant="i", **kwargs
    ):
        require_one_of("`variant`", variant, LAMBDA_D_RATIO)
        super().__init__(encoder, decoder, **kwargs)
        self.variant = variant
        self.lambda_od = lambda_od
        self.lambda_d = lambda_d

    def objective(self, terms, average):
        log_variance = terms.log_variance if self.variant == "ii" else None
        off_diagonal, diagonal = covariance_gap(terms.mean, log_variance)
        penalties = {
            "off_diagonal_penalty": self.lambda_od * off_diagonal,
            "diagonal_penalty": self.lambda_d * diagonal,
        }
        elbo = average(terms.reconstruction + ops.sum(terms.kl, axis=-1))
        return elbo + sum(penalties.values()), penalties

    def require_training_data(self, data, batch_size):
        rules.require_several_images(data, batch_size, "A covariance over the batch")

    def get_config(self):
        # The value too: it is what a reader of the file looks for.
        follows = type(self).lambda_d.follows(self)
        more = {"lambda_d_follows": True} if follows else {}
        return {**super().get_config(), "variant": self.variant, **more}

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        if config.pop("lambda_d_follows", False):
            config["lambda_d"] = None
        return super().from_config(config)


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
    alpha = Strength("1 leaves the KL out, 0 keeps it whole.", least=None, most=1)
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

    def require_strengths(self, name, value):
        strengths = {
            other: strength.now(self)
            for other, strength in strengths_of(InfoVAE).items()
            if hasattr(self, f"_{other}")
        }
        strengths[name] = value
        if len(strengths) == 2:
            rules.require_mmd_strength(strengths["alpha"], strengths["lambda_mmd"])

    def objective(self, terms, average):
        prior_codes = keras.random.normal(
            ops.shape(terms.codes), dtype=terms.codes.dtype, seed=self.prior_seed
        )
        mmd = maximum_mean_discrepancy(terms.codes, prior_codes, self.bandwidth)
        penalty = (self.alpha + self.lambda_mmd - 1.0) * mmd
        kl = ops.sum(terms.kl, axis=-1)
        elbo = average(terms.reconstruction + (1.0 - self.alpha) * kl)
        return elbo + penalty, {"mmd_penalty": penalty}

    def get_config(self):
        return {**super().get_config(), "bandwidth": self.bandwidth}
