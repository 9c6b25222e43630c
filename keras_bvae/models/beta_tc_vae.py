"""β-TCVAE: the total correlation, estimated from a batch and the data set's size."""

import keras
from keras import ops

from keras_bvae.errors import InvalidValue
from keras_bvae.losses import minibatch_decomposition
from keras_bvae.losses.minibatch_decomposition import ESTIMATORS
from keras_bvae.models import model_rules as rules
from keras_bvae.models.scalar_weight import add_scalar_weight
from keras_bvae.models.strength import Strength
from keras_bvae.models.variational_autoencoder import VariationalAutoencoder
from keras_bvae.rules import require_one_of, require_whole


class DatasetSize:
    """Makes an attribute of a model the data set's size: `size = DatasetSize()`.

    A weight, 0 while the size is unknown: one compiled step serves any size. A model
    that is loaded keeps the size it was trained with, until it is assigned another.
    """

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, model, owner=None):
        if model is None:
            return self
        if model._dataset_size_known is None:
            raise InvalidValue(
                "A density over the data set needs its number of images; received "
                "`dataset_size=None`, and data that has no length. Give the model "
                "dataset_size=737280, say, for dSprites."
            )
        return model._dataset_size

    def __set__(self, model, value):
        advice = "Count the images that training draws from."
        require_whole(self.name, value, least=2, advice=advice, optional=True)
        if not hasattr(model, "_dataset_size"):
            model._dataset_size = add_scalar_weight(model, self.name)
        model._dataset_size_given = value is not None
        self._know(model, value)

    def _know(self, model, value):
        model._dataset_size_known = None if value is None else int(value)
        model._dataset_size.assign(value or 0)

    def learn_from(self, model, data):
        """Takes the size from what `fit` was given, unless the user named one.

        Raises:
            ValueError: neither is known.
        """
        if model._dataset_size_given:
            return
        count = images_in(data)
        if count is not None:
            self._know(model, count)
        self.__get__(model)  # raises where it is unknown still

    def config_of(self, model):
        """What `get_config` keeps: an int or None."""
        return model._dataset_size_known


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


def images_in(data):
    """The number of images behind an argument of `fit`, None where it has none."""
    dataset = getattr(data, "dataset", None)
    if hasattr(dataset, "images_at"):
        return len(dataset)
    return len(data) if getattr(data, "ndim", 0) else None
