"""Ada-GVAE: pairs of images that share factors tell the latents apart."""

import keras
from keras import ops

from keras_bvae.errors import InvalidValue
from keras_bvae.losses import share_latents
from keras_bvae.models import model_rules as rules
from keras_bvae.models.beta_vae import BetaVAE
from keras_bvae.rules import shown


@keras.saving.register_keras_serializable(package="keras_bvae")
class AdaGVAE(BetaVAE):
    """The β-VAE on pairs of images; what a pair seems to share gets one posterior.

    Of the latents of a pair, those whose two posteriors differ by less than half way
    from the least to the greatest KL count as shared: both images get the average of
    the two. Nobody says which factors a pair shares, or how many.

    Args:
        encoder, decoder: see `VariationalAutoencoder`.
        beta: as for `BetaVAE`.
        **kwargs: likelihood, gaussian_scale, seed, name, dtype.

    Trains on `dataset.pair_batches(…)`, or on any images `(pairs, 2, height, width,
    channels)`. Single images are encoded and evaluated as by a β-VAE.

    Logs: `shared_latents`, how many latents of a pair count as shared (0 for single
    images); the other terms are averages over the two images of a pair.

    Raises:
        ValueError: as `BetaVAE`; on training, images that are no pairs.

    Source: Locatello et al. 2020 (arXiv:2002.02886), section 4.
    """

    penalty_names = ("shared_latents",)
    trains_on_pairs = True

    def _condition_on(self, condition):
        if condition is not None:
            raise InvalidValue(
                "Ada-GVAE finds by itself which latents a pair shares, and takes no "
                f"condition; received condition={shown(condition)}. Use BetaVAE, or "
                "leave the condition out."
            )

    def elbo_terms(self, images, training=False):
        axes = len(self.image_shape)
        rules.require_pairs(images.shape, training, axes)
        if len(images.shape) == axes + 1:
            return super().elbo_terms(images, training)
        images = self.network_input(_row_by_row(images))
        posterior = self.posterior(images, training)
        mean, log_variance, is_shared = share_latents(*map(_pair_by_pair, posterior))
        terms = self.terms_of(
            images, _row_by_row(mean), _row_by_row(log_variance), training
        )
        return terms._replace(
            reconstruction=ops.mean(_pair_by_pair(terms.reconstruction), axis=1),
            kl=ops.mean(_pair_by_pair(terms.kl), axis=1),
            is_shared=is_shared,
        )

    def objective(self, terms, average):
        loss, _ = super().objective(terms, average)
        shared = (
            ops.zeros_like(terms.kl) if terms.is_shared is None else terms.is_shared
        )
        return loss, {"shared_latents": average(ops.sum(shared, axis=-1))}

    def require_training_data(self, data, batch_size):
        super().require_training_data(data, batch_size)
        rules.require_pair_data(data)

    def _require_shape(self, shape, training):
        if training is not None and getattr(shape, "rank", 0) is not None:
            axes = len(getattr(self, "image_shape", (0, 0, 0)))
            rules.require_pairs(shape, training, axes)
            shape = (None, *tuple(shape)[-axes:])
        super()._require_shape(shape, training)


def _row_by_row(pairs):
    """(pairs, 2, …) to (2 · pairs, …): the images of a pair follow one another."""
    return ops.reshape(pairs, (-1, *pairs.shape[2:]))


def _pair_by_pair(rows):
    return ops.reshape(rows, (-1, 2, *rows.shape[1:]))
