"""DIP-VAE I and II: the codes' covariance is pressed towards the identity."""

import keras
from keras import ops

from keras_bvae.losses import covariance_gap
from keras_bvae.models import model_rules as rules
from keras_bvae.models.strength import Strength
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
        lambda_d: the same on the diagonal. None: 10 · λ_od for I, λ_od for II.
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
    lambda_d = Strength("The papers use λ_od (II) or ten times it (I).")

    def __init__(
        self, encoder, decoder, lambda_od=10.0, lambda_d=None, variant="i", **kwargs
    ):
        require_one_of("`variant`", variant, LAMBDA_D_RATIO)
        super().__init__(encoder, decoder, **kwargs)
        self.variant = variant
        self.lambda_od = lambda_od
        if lambda_d is None:
            lambda_d = LAMBDA_D_RATIO[variant] * float(
                ops.convert_to_numpy(self.lambda_od)
            )
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
        return {**super().get_config(), "variant": self.variant}
