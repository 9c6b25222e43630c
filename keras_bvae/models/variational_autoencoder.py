"""An image's journey: encoder → posterior → code → decoder → loss terms → update.

One file on purpose, longer than the others: it reads from top to bottom.
"""

from typing import Any, NamedTuple

import keras
from keras import ops

from keras_bvae.engine import engine
from keras_bvae.layers import Sampling, seed_generator
from keras_bvae.losses.kl_divergence import gaussian_kl_divergence
from keras_bvae.models import model_rules as rules
from keras_bvae.models import strength
from keras_bvae.models.arriving_images import ArrivingImages
from keras_bvae.models.conditioning import Conditioning
from keras_bvae.models.fitting import Fitting
from keras_bvae.models.inference import Inference, LatentMean
from keras_bvae.models.logits import is_loading, loading
from keras_bvae.models.observation import Observation
from keras_bvae.models.portable_saving import PortableSaving
from keras_bvae.models.scalar_weight import add_scalar_weight
from keras_bvae.models.several_devices import SeveralDevices
from keras_bvae.rules import require_seed_of_noise


class ElboTerms(NamedTuple):
    """What one forward pass leaves for an objective; tensors, float32.

    Shapes: `images` and `output` `(batch, height, width, channels)`; `mean`,
    `log_variance`, `codes`, `kl` `(batch, latent_dim)`; `reconstruction` `(batch,)`.
    `reconstruction` and `kl` are in nats. Of pairs of images, those two have a value a
    pair, and `is_shared` `(pairs, latent_dim)` is 1 where the pair shares a latent.
    `condition` `(batch, condition_width)`: one-hot, where the model has one.
    """

    images: Any
    mean: Any
    log_variance: Any
    codes: Any
    output: Any
    reconstruction: Any
    kl: Any
    is_shared: Any = None
    condition: Any = None


class VariationalAutoencoder(
    Fitting,
    ArrivingImages,
    Observation,
    Conditioning,
    Inference,
    PortableSaving,
    SeveralDevices,
    keras.Model,
):
    """The journey that every objective of the family shares.

    A subclass gives `objective`; the train step, the logs, saving and the rest are
    here. Images are uint8 (0 … 255) or float in [0, 1]. What has another number of axes
    is no image: rows of a table `(batch, columns)`, series `(batch, time, channels)`,
    volumes `(batch, depth, height, width, channels)`. With "bernoulli" the rule of
    images holds for it; with "gaussian" it may be any finite numbers.

    Args:
        encoder: Keras model, images `(batch, height, width, channels)` to two outputs
            `mean` and `log_variance`, each `(batch, latent_dim)`.
        decoder: Keras model, codes `(batch, latent_dim)` to `(batch, height, width,
            channels)`: logits for "bernoulli", means for "gaussian"; no activation.
        likelihood: "bernoulli" or "gaussian".
        gaussian_scale: float > 0, a pixel's standard deviation if Gaussian; or
            "learned", a weight, or "optimal", the batch's own: see `MovingScale`.
        standardization: `Standardization` by which values that are no images go into
            the network, and what it says of them comes back; or None.
        categories: ints >= 2, classes of the one-hot blocks that end the last axis,
            decoded to logits of a softmax each. Not for images.
        condition: None, or numbers of classes: `(10,)`, `(3, 6)`, `{"shape": 3}`. Both
            networks then take one-hot vectors `(batch, sum of them)` as a second input,
            and `fit` the classes as y.
        seed: int from 0 to 2³² - 1 or None, for the posterior's noise.

    Raises:
        ValueError: a shape, the likelihood or the scale breaks the rules above.

    Logs, all averaged over images: `loss`, `reconstruction`, `kl` (summed over
    latents), `kl_0` … of each latent, and the objective's penalties, in nats.

    Source: Kingma & Welling 2014 (arXiv:1312.6114).
    """

    penalty_names = ()
    """Names of the extra terms that `objective` returns, to be logged."""

    trains_on_pairs = False
    """Whether a training batch holds pairs of images: `dataset.pair_batches(…)`."""

    def __init__(
        self,
        encoder,
        decoder,
        *,
        likelihood="bernoulli",
        gaussian_scale=1.0,
        standardization=None,
        categories=(),
        condition=None,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        rules.require_no_sigmoid(decoder, likelihood)
        self.encoder = encoder
        self.decoder = decoder
        self._condition_on(condition)
        self.require_two_inputs(encoder, "encoder")
        self.require_two_inputs(decoder, "decoder")
        require_seed_of_noise(seed)
        self.seed = None if seed is None else int(seed)  # NumPy's too
        self.sampling = Sampling(self.seed)
        # The optimizer's own counter skips steps under loss scaling.
        self.step = add_scalar_weight(self, "step", dtype="int")
        names = ("loss", "reconstruction", "kl", *self.penalty_names)
        self.term_means = [keras.metrics.Mean(name) for name in names]
        self._observe(likelihood, gaussian_scale, standardization, categories)
        self.latent_kl_mean = None
        image_shape = rules.static_input_shape(encoder)
        if image_shape is not None:
            self._connect(image_shape)
            self.built = True  # without Layer.build, which would bar new weights
            if not is_loading():
                self._require_decoder()

    def build(self, input_shape):
        self._connect(tuple(input_shape)[1:])

    def _connect(self, image_shape):
        """Learns and checks the shapes; builds networks that were not built yet."""
        images = keras.KerasTensor((None, *image_shape), "float32")
        given = None
        if self.condition is not None:
            given = keras.KerasTensor((None, self.condition_width), "float32")
        encoded = self.encoder(self.with_condition(images, given))
        mean, _ = rules.require_posterior(encoded)
        output = self.decoder(self.with_condition(mean, given))
        rules.require_image_output(output, image_shape)
        self._require_observable(tuple(image_shape))
        self.image_shape = tuple(image_shape)
        self.latent_dim = mean.shape[-1]
        self.latent_kl_mean = LatentMean(self.latent_dim, name="kl_of_each_latent")
        if self.compiled:
            self._build_optimizer()

    def _build_in_step(self, data):
        # Where no look at the images told their shape: a stream of unknown sizes.
        if not self.built:
            images, _, _ = keras.utils.unpack_x_y_sample_weight(data)
            self.build((None, *rules.shape_of_one(images.shape, self.trains_on_pairs)))

    def _build_optimizer(self):
        # Now, not in the first step: TensorFlow's graph may create no variables, and
        # a file saved before training would lack the state that a load expects.
        if not self.optimizer.built:
            self.optimizer.build(self.autoencoder_variables)

    # ---- what the objective trains; a second player narrows it ------------------

    @property
    def autoencoder_variables(self):
        """What the objective is minimised by."""
        return self.trainable_variables

    @property
    def autoencoder_regularizers(self):
        """What the layers of the networks add to the objective."""
        return self.losses

    @property
    def autoencoder_optimizer(self):
        """What updates them."""
        return self.optimizer

    # ---- the journey -----------------------------------------------------------

    def elbo_terms(self, images, training=False, condition=None):
        """From images to the two terms of the ELBO, one draw of z an image.

        Args:
            images: tensor `(batch, height, width, channels)`, uint8 or in [0, 1].
            training: bool, handed to both networks.
            condition: tensor `(batch, condition_width)`, one-hot; or None.

        Returns:
            `ElboTerms`.
        """
        images = self.network_input(images)
        posterior = self.posterior(images, training, condition)
        return self.terms_of(images, *posterior, training, condition)

    def terms_of(self, images, mean, log_variance, training=False, condition=None):
        """The second half of the way: from the posterior on."""
        codes = self.sampling(mean, log_variance)
        output = self.decoder_output(codes, training, condition)
        return ElboTerms(
            images=images,
            mean=mean,
            log_variance=log_variance,
            codes=codes,
            output=output,
            reconstruction=self._reconstruction_of_batch(images, output, training),
            kl=gaussian_kl_divergence(mean, log_variance),
            condition=condition,
        )

    def objective(self, terms, average):
        """The scalar to minimise; what a subclass is about.

        Args:
            terms: `ElboTerms` of the batch.
            average: function that averages `(batch, …)` values over the images with
                the sample weights; every per-image value must go through it.

        Returns:
            `(loss, penalties)`: a scalar tensor in nats, and a dict with a scalar for
            each of `penalty_names`.
        """
        raise NotImplementedError

    def second_update(self, terms, average, training):
        """The turn of a second player, after the autoencoder's; returns its logs.

        Args:
            terms, average: as for `objective`; the terms of the update just made.
            training: bool; False: no update, only the logs.
        """
        return {}

    def train_step(self, *arguments):
        return engine.run_step(self.train_on, self, *arguments)

    def test_step(self, *arguments):
        return engine.run_step(self.evaluate_on, self, *arguments)

    def train_on(self, data):
        """One update from one batch. Returns the running means of the logs."""
        self._build_in_step(data)
        strength.follow_schedules(self)
        self.step.assign_add(1)
        terms, logs = self.minimize(
            lambda: self.loss_and_logs(data, training=True),
            self.autoencoder_variables,
            self.autoencoder_optimizer,
        )
        logs |= self.second_update(terms, _averaging(data), training=True)
        return self._update_means(logs, data)

    def evaluate_on(self, data):
        """The logs of one batch, no update."""
        self._build_in_step(data)
        _, (terms, logs) = self.loss_and_logs(data, training=False)
        logs |= self.second_update(terms, _averaging(data), training=False)
        return self._update_means(logs, data)

    def loss_and_logs(self, data, training):
        """The objective of a batch as Keras hands it over: (x[, y[, sample_weight]]).

        Returns:
            `(loss, (terms, logs))`: a scalar tensor, the `ElboTerms`, and a dict of
            what is logged.
        """
        images, labels, _ = keras.utils.unpack_x_y_sample_weight(data)
        average = _averaging(data)
        given = {} if self.condition is None else {"condition": self.one_hot(labels)}
        terms = self.elbo_terms(images, training, **given)
        loss, penalties = self.objective(terms, average)
        for regularizer in self.autoencoder_regularizers:
            loss = loss + ops.cast(regularizer, loss.dtype)
        kl = average(terms.kl)
        logs = {
            "loss": loss,
            "reconstruction": average(terms.reconstruction),
            "kl": ops.sum(kl),
            **penalties,
            "kl_of_each_latent": kl,
        }
        return loss, (terms, logs)

    def minimize(self, function, variables, optimizer=None):
        """One optimizer step on `function() -> (loss, extras)`; returns the extras."""
        optimizer = self.optimizer if optimizer is None else optimizer
        chosen = {id(variable) for variable in variables}
        everything = [
            *self.variables,
            *self.metrics_variables,
            *self.optimizer.variables,
        ]
        others = [v for v in everything if id(v) not in chosen]

        def scaled():
            loss, extras = function()
            return optimizer.scale_loss(loss), extras

        _, extras, gradients = engine.value_and_grad(scaled, variables, others)
        engine.apply_gradients(optimizer, gradients, variables)
        return extras

    # ---- its pieces ------------------------------------------------------------

    def posterior(self, images, training=False, condition=None):
        """Mean and log variance of q(z | image), each `(batch, latent_dim)` float32."""
        given = self.with_condition(images, condition)
        mean, log_variance = engine.forward(self.encoder, given, training)
        return ops.cast(mean, "float32"), ops.cast(log_variance, "float32")

    def decoder_output(self, codes, training=False, condition=None):
        """Logits or means of p(image | code), `(batch, *image_shape)`, float32."""
        given = self.with_condition(codes, condition)
        return ops.cast(engine.forward(self.decoder, given, training), "float32")

    def call(self, images, training=False):
        """Images to their reconstructions from the posterior's means, no noise.

        A model with a condition takes `[images, classes]`.
        """
        images, given = self.images_and_condition(images)
        mean, _ = self.posterior(self.network_input(images), training, given)
        return self.expected_image(self.decoder_output(mean, training, given))

    # ---- what Keras asks of a model --------------------------------------------

    @property
    def metrics(self):
        means = list(self.term_means)
        return means if self.latent_kl_mean is None else [*means, self.latent_kl_mean]

    def log_mean_of(self, name):
        """Logs the running mean of a strength that moves."""
        self.term_means.append(keras.metrics.Mean(name))

    def _update_means(self, logs, data):
        images, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        count = ops.cast(engine.images_in(images), "float32")
        logs = {**strength.values_of(self), **self._log_of_observation(), **logs}
        for mean in self.metrics:
            mean.update_state(ops.stop_gradient(logs[mean.name]), sample_weight=count)
        return self.get_metrics_result()

    def get_config(self):
        return {
            **super().get_config(),
            "encoder": keras.saving.serialize_keras_object(self.encoder),
            "decoder": keras.saving.serialize_keras_object(self.decoder),
            **self._observation_config(),
            **self._condition_config(),
            "seed": self.seed,
            **strength.configs_of(self),
        }

    @classmethod
    def from_config(cls, config):
        parts = {
            name: keras.saving.deserialize_keras_object(value)
            for name, value in config.items()
            if isinstance(value, dict) and "class_name" in value and name != "dtype"
        }
        with loading():
            return cls(**{**config, **parts})

    def new_seed_generator(self):
        """A random stream apart from the posterior's noise, saved with the model."""
        self._streams = getattr(self, "_streams", 0) + 1
        seed = None if self.seed is None else self.seed + 7919 * self._streams
        return seed_generator(seed)

    # ---- before the first step -------------------------------------------------

    def require_strengths(self, name, value):
        """Raises where a strength's new value does not go with the others.

        Args:
            name: the strength's.
            value: number or schedule that it is about to be set to; its own range was
                looked at. In `__init__` later strengths are not there yet.

        Raises:
            ValueError: by the objective's own rules.
        """

    def require_training_data(self, data, batch_size):
        """Raises where an objective cannot be trained on what `fit` was given.

        Args:
            data: `fit`'s x.
            batch_size: int, or None where it is not known.

        Raises:
            ValueError: by the objective's own rules.
        """


def _averaging(data):
    """`average` for a batch: over the images, with the sample weights it came with."""
    _, _, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
    return lambda values: _average(values, sample_weight)


def _average(values, sample_weight):
    """Mean over the images; weighted as Keras does it: sum of w·value over count."""
    if sample_weight is not None:
        weight = ops.cast(ops.reshape(sample_weight, (-1,)), values.dtype)
        values = values * ops.reshape(weight, (-1,) + (1,) * (len(values.shape) - 1))
    return ops.mean(values, axis=0)
