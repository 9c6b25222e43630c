"""β-TCVAE: of the KL's three parts, the total correlation counts β times."""

import keras
from keras import ops

from keras_bvae.losses import ESTIMATORS, minibatch_decomposition
from keras_bvae.models import model_rules as rules
from keras_bvae.models.dataset_size import DatasetSize
from keras_bvae.models.strength import Strength
from keras_bvae.models.variational_autoencoder import VariationalAutoencoder
from keras_bvae.rules import require_one_of


@keras.saving.register_keras_serializable(package="keras_bvae")
class BetaTCVAE(VariationalAutoencoder):
    """Minimises E_q[-log p(x|z)] + α · MI + β · TC + γ · dimension-wise KL, in nats.

    The three add up to the KL and are estimated from the batch. Written as -ELBO +
    (α - 1) MI + (β - 1) TC + (γ - 1) rest, with the KL in closed form: α = β = γ = 1
    is the VAE exactly.

    Args:
        encoder, decoder: see `VariationalAutoencoder`.
        beta, alpha, gamma: floats >= 0, or schedules.
        dataset_size: int, images of the data set; None: taken from what `fit` is given,
            where that has a length.
        estimator: "minibatch_stratified" or "minibatch_weighted", see
            `keras_bvae.losses.minibatch_decomposition`.
        **kwargs: likelihood, gaussian_scale, seed, name, dtype.

    Logs: `mutual_information`, `total_correlation`, `dimension_wise_kl`: estimates from
    a batch, in nats. `kbvae evaluate --decomposition` measures them well.

    Raises:
        ValueError: a strength is out of range, an unknown estimator, a wrong shape; on
            training, an unknown data set size or a batch of 1.

    Source: Chen et al. 2018 (arXiv:1802.04942), equation 4 and appendix C.
    """

    penalty_names = ("mutual_information", "total_correlation", "dimension_wise_kl")
    beta = Strength("1 gives a plain VAE; the paper uses 6 on dSprites.")
    alpha = Strength("The paper uses 1.")
    gamma = Strength("The paper uses 1.")
    dataset_size = DatasetSize()

    def __init__(
        self,
        encoder,
        decoder,
        beta=6.0,
        alpha=1.0,
        gamma=1.0,
        dataset_size=None,
        estimator="minibatch_stratified",
        **kwargs,
    ):
        require_one_of("`estimator`", estimator, ESTIMATORS)
        super().__init__(encoder, decoder, **kwargs)
        self.beta, self.alpha, self.gamma = beta, alpha, gamma
        self.dataset_size = dataset_size
        self.estimator = estimator

    def objective(self, terms, average):
        posterior = terms.codes, terms.mean, terms.log_variance
        parts = minibatch_decomposition(*posterior, self.dataset_size, self.estimator)
        mi, tc, rest = (average(part) for part in parts)
        elbo = average(terms.reconstruction + ops.sum(terms.kl, axis=-1))
        loss = elbo + (self.alpha - 1.0) * mi
        loss = loss + (self.beta - 1.0) * tc + (self.gamma - 1.0) * rest
        return loss, dict(zip(self.penalty_names, (mi, tc, rest), strict=True))

    def require_training_data(self, data, batch_size):
        rules.require_several_images(data, batch_size, "A density over the batch")
        type(self).dataset_size.learn_from(self, data)

    def get_config(self):
        size = type(self).dataset_size.config_of(self)
        return {
            **super().get_config(),
            "dataset_size": size,
            "estimator": self.estimator,
        }
