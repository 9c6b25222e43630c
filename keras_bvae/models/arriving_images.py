"""Images on their way into a model are looked at, whatever form they come in."""

import contextlib
import threading

from keras_bvae.datasets.image_batches import ImageBatches
from keras_bvae.datasets.images import (
    require_image_shape,
    require_image_type,
    require_image_values,
)
from keras_bvae.datasets.pair_batches import PairBatches
from keras_bvae.datasets.values import (
    KINDS,
    require_finite_values,
    require_number_type,
    require_value_shape,
)
from keras_bvae.engine import engine
from keras_bvae.engine.watched_stream import Watch, has_values
from keras_bvae.errors import InvalidValue
from keras_bvae.models import model_rules as rules
from keras_bvae.models.categories import require_probability_rows
from keras_bvae.models.logits import require_logits


class ArrivingImages:
    """Mixin before `keras.Model`: one rule for arrays, tensors, streams and batches.

    Arrays and tensors are looked at as a whole before anything else, streams batch by
    batch as they are read. Networks that are not built yet are built first, so that
    every rule holds in the first `fit` too.
    """

    knows_logits = False
    """Whether the decoder was seen to return logits, or need not."""

    looks_when_called = True
    """Whether a call of the model looks at its images: not within `fit` and its kind,
    which have looked at them already."""

    def __call__(self, images, *args, **kwargs):
        # Not in `call`, whose errors Keras wraps.
        if self.looks_when_called:
            self._look_at_call(images)
        return super().__call__(images, *args, **kwargs)

    def _look_at_call(self, inputs):
        if self.condition is not None:
            inputs, labels = self._image_and_label(inputs)
            self._require_labels(labels, inputs.shape[0])
        if rules.is_array(inputs) and has_values(inputs):
            self._require_images(inputs)

    def _require_images(self, images, training=None):
        """Raises unless these are images for this model.

        Args:
            images: array, tensor, or the description of one.
            training: bool for a batch of a step, None elsewhere.

        Raises:
            ValueError: the shape, the type or a value breaks the rule.
        """
        rules.require_one_array(images)
        self._require_shape(images.shape, training)
        self._require_stored(images, self._axes_of(images.shape, training))

    def _require_stored(self, images, axes=None):
        """The same but for the shape: in the form in which a data set keeps them."""
        if self.takes_pixels(axes):
            require_image_type(images.dtype)
            if has_values(images):
                require_image_values(images)
        else:
            require_number_type(images.dtype)
            if has_values(images):
                require_finite_values(images)
        if self.categories and has_values(images):
            # A data set may keep its rows in another shape.
            columns = (self.image_shape if self.built else images.shape)[-1]
            is_pixels = self.takes_pixels(axes)
            require_probability_rows(images, self.categories, columns, is_pixels)

    def _require_shape(self, shape, training):
        if self.built and len(self.image_shape) != 3:
            require_value_shape(shape, self.image_shape)
        elif self.built or self._axes_of(shape, training) not in KINDS:
            require_image_shape(shape, getattr(self, "image_shape", None))

    def _axes_of(self, shape, training):
        """How many axes an example has, of the network or else of a batch's shape."""
        if self.built or shape is None or getattr(shape, "rank", 0) is None:
            return None
        return len(rules.shape_of_one(shape, training and self.trains_on_pairs))

    def _build_for(self, shape):
        """Builds networks that were not built yet, for examples of this shape."""
        if self.built or None in shape or len(shape) not in KINDS:
            return
        try:
            with engine.scope_of(self):
                self.build((None, *shape))
        except ValueError:
            # Most often greyscale images without their channel.
            require_image_shape((None, *shape))
            raise

    def _look_ahead(self, source, training=False):
        """Looks at what can be looked at before the first step: all but a stream."""
        if isinstance(source, ImageBatches):
            pairs = (2,) if isinstance(source, PairBatches) else ()
            image_shape = tuple(source.dataset.image_shape)
            self._require_shape((None, *pairs, *image_shape), bool(pairs))
            self._build_for(image_shape)
        elif rules.is_array(source) or isinstance(source, (list, tuple, dict)):
            self._require_images(source, training)
            if training and source.shape[0] == 0:
                raise InvalidValue(
                    "Training needs one image or more; received an array of shape "
                    f"{tuple(source.shape)}. Look at what was left out before."
                )
            self._build_for(
                rules.shape_of_one(source.shape, training and self.trains_on_pairs)
            )
        if training:
            self._require_decoder()

    @contextlib.contextmanager
    def _watching(self, training=False):
        """Around what reads a stream: a `Watch` over its images."""
        before, self.looks_when_called = self.looks_when_called, False

        reader = threading.current_thread()

        def look(batch):
            images = rules.images_of(batch)
            self._require_images(images, training)
            self._require_labels(rules.labels_of(batch), _count_of(images))
            has_weights = isinstance(batch, (list, tuple)) and len(batch) == 3
            if has_weights and has_values(images):
                rules.require_weights(batch[2], len(images))
            # One that reads ahead leaves it to the one who waits.
            is_known = getattr(images.shape, "rank", 0) is not None
            if is_known and threading.current_thread() is reader:
                is_pair = training and self.trains_on_pairs
                self._build_for(rules.shape_of_one(images.shape, is_pair))

        try:
            shape = (None, *self.image_shape) if self.built else None
            shape = None if self.trains_on_pairs else shape
            has_labels = self.condition is not None
            with Watch(look, shape, has_labels) as watch, engine.keeping_weights(self):
                yield watch
        finally:
            self.looks_when_called = before

    def _require_decoder(self):
        """Raises if the decoder, where it is built by now, cannot return logits."""
        if self.built and not self.knows_logits:
            require_logits(
                self.decoder,
                self.latent_dim,
                self.likelihood,
                self.categories,
                self.condition_width,
            )
            self.knows_logits = True


def _count_of(images):
    """How many images a batch holds; None where a description does not say."""
    shape = images.shape
    return None if getattr(shape, "rank", 0) is None else shape[0]
