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
from keras_bvae.engine import engine
from keras_bvae.engine.watched_stream import Watch, has_values
from keras_bvae.models import model_rules as rules
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
        if self.looks_when_called and rules.is_array(images) and has_values(images):
            self._require_images(images)
        return super().__call__(images, *args, **kwargs)

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
        require_image_type(images.dtype)
        if has_values(images):
            require_image_values(images)

    def _require_shape(self, shape, training):
        require_image_shape(shape, getattr(self, "image_shape", None))

    def _build_for(self, shape):
        """Builds networks that were not built yet, if these images tell their shape."""
        is_known = getattr(shape, "rank", 0) is not None
        shape = tuple(shape)[-3:] if is_known and not self.built else ()
        if len(shape) == 3 and None not in shape:
            with engine.scope_of(self):
                self.build((None, *shape))

    def _look_ahead(self, source, training=False):
        """Looks at what can be looked at before the first step: all but a stream."""
        if isinstance(source, ImageBatches):
            pairs = (2,) if isinstance(source, PairBatches) else ()
            image_shape = tuple(source.dataset.image_shape)
            self._require_shape((None, *pairs, *image_shape), False)
            self._build_for(image_shape)
        elif rules.is_array(source) or isinstance(source, (list, tuple, dict)):
            self._require_images(source, training)
            self._build_for(source.shape)
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
            # One that reads ahead leaves it to the one who waits.
            if threading.current_thread() is reader:
                self._build_for(images.shape)

        try:
            shape = (None, *self.image_shape) if self.built else None
            shape = None if self.trains_on_pairs else shape
            with Watch(look, shape) as watch, engine.keeping_weights(self):
                yield watch
        finally:
            self.looks_when_called = before

    def _require_decoder(self):
        """Raises if the decoder, where it is built by now, cannot return logits."""
        if self.built and not self.knows_logits:
            if self.likelihood == "bernoulli":
                require_logits(self.decoder, self.latent_dim)
            self.knows_logits = True
