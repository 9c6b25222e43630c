"""From data to numbers for the networks, and back: the likelihood of what is seen."""

import keras
import numpy as np
from keras import ops

from keras_bvae.datasets.images import as_array, dtype_name, require_image_type
from keras_bvae.errors import InvalidValue
from keras_bvae.losses.reconstruction import (
    bernoulli_reconstruction,
    gaussian_reconstruction,
)
from keras_bvae.models import model_rules as rules
from keras_bvae.models.categories import (
    as_categories,
    categories_reconstruction,
    require_blocks_fit,
    with_probabilities,
)
from keras_bvae.models.gaussian_scale import MovingScale
from keras_bvae.models.logits import is_loading
from keras_bvae.models.standardization import Standardization


class Observation:
    """Mixin before `keras.Model`: what p(x | code) is, and in which units x comes.

    Pixels go to [0, 1]. Numbers that are no images stay what they are, or are
    standardised by what the model keeps; expectations come back in their own units.
    """

    def _observe(self, likelihood, gaussian_scale, standardization, categories):
        rules.require_likelihood(likelihood, gaussian_scale)
        _require_standardization(standardization, likelihood)
        self.likelihood = likelihood
        self.gaussian_scale = gaussian_scale
        self.standardization = standardization
        self.categories = as_categories(categories)
        moves = isinstance(gaussian_scale, str)
        self._moving_scale = MovingScale(self, gaussian_scale) if moves else None

    def _observation_config(self):
        config = {
            "likelihood": self.likelihood,
            "gaussian_scale": self.gaussian_scale,
        }
        if self.standardization is not None:
            config["standardization"] = keras.saving.serialize_keras_object(
                self.standardization
            )
        if self.categories:
            config["categories"] = list(self.categories)
        return config

    def _require_observable(self, image_shape):
        """Raises unless what is said of the data goes with one example's shape."""
        require_blocks_fit(self.categories, image_shape)
        if self.standardization is not None:
            self.standardization.require_fit(image_shape, sum(self.categories))
        if self._moving_scale is not None and sum(self.categories) == image_shape[-1]:
            raise InvalidValue(
                "A scale that follows the data needs a column that is a number; "
                f"received gaussian_scale={self.gaussian_scale!r} and categories="
                f"{self.categories}, which are all of them. Leave the scale out."
            )
        if self.takes_pixels(len(image_shape)) and not is_loading():
            rules.require_no_rescaling(self.encoder)

    @property
    def current_scale(self):
        """σ of the Gaussian likelihood as it stands, a float; None for "bernoulli".

        In the units of what the network sees: of pixels in [0, 1], of standardised
        values where there is a standardization.
        """
        if self.likelihood == "bernoulli":
            return None
        if self._moving_scale is None:
            return float(self.gaussian_scale)
        return float(ops.convert_to_numpy(ops.exp(self._moving_scale.log_scale())))

    def _log_of_observation(self):
        """What is logged of it: σ where it moves."""
        if self._moving_scale is None:
            return {}
        return {"gaussian_scale": ops.exp(self._moving_scale.log_scale())}

    def takes_pixels(self, axes=None):
        """Whether x lies in [0, 1]: images, and all of "bernoulli". Else any number.

        Args:
            axes: int, of one example, where networks that are not built do not say.
        """
        axes = axes or len(getattr(self, "image_shape", (0, 0, 0)))
        return axes == 3 or self.likelihood == "bernoulli"

    def network_input(self, images):
        """What networks and likelihood take: float32, in [0, 1] or standardised.

        Args:
            images: tensor `(batch, …)`: uint8 0 … 255 or float in [0, 1] where
                `takes_pixels`; else numbers.
        """
        images = ops.convert_to_tensor(images)
        if self.takes_pixels():
            require_image_type(images.dtype)
            dtype = keras.backend.standardize_dtype(images.dtype)
            images = ops.cast(images, "float32")
            return images / 255.0 if dtype == "uint8" else images
        images = ops.cast(images, "float32")
        if self.standardization is not None:
            images = self.standardization.standardized(images)
        return images

    to_unit_interval = network_input  # as it was called before there were tables

    def _network_input_of_array(self, images):
        """The same of a NumPy array, outside a step."""
        images = as_array(images)
        if self.takes_pixels():
            is_bytes = dtype_name(images.dtype) == "uint8"
            images = images.astype("float32")
            return images / np.float32(255) if is_bytes else images
        if self.standardization is not None:
            return self.standardization.standardized_array(images)
        return images.astype("float32")

    def reconstruction(self, images, output, log_scale=None):
        """-log p(image | code) in nats, `(batch,)`, summed over pixels.

        Args:
            images: tensor, as `network_input` gives it: of standardised values the
                nats are those of the standardised ones.
            output: tensor, the decoder's.
            log_scale: scalar tensor, log σ if Gaussian; None: as it stands.
        """
        numbers = self._numbers(images), self._numbers(output)
        if self.likelihood == "bernoulli":
            nats = bernoulli_reconstruction(*numbers)
        elif self._moving_scale is None:
            nats = gaussian_reconstruction(*numbers, self.gaussian_scale)
        else:
            log_scale = (
                self._moving_scale.log_scale() if log_scale is None else log_scale
            )
            nats = gaussian_reconstruction(*numbers, log_scale=log_scale)
        if self.categories:
            nats = nats + categories_reconstruction(images, output, self.categories)
        return nats

    def _reconstruction_of_batch(self, images, output, training):
        """The same in a step; in training an "optimal" σ is that of the batch."""
        if not training or self.gaussian_scale != "optimal":
            return self.reconstruction(images, output)
        errors = self._numbers(images) - self._numbers(output)
        log_scale = self._moving_scale.log_scale_of_batch(errors, self.step)
        return self.reconstruction(images, output, log_scale)

    def _numbers(self, values):
        """All entries of the last axis but the categorical ones."""
        return values[..., : -sum(self.categories)] if self.categories else values

    def expected_image(self, output):
        """E[image | code] from the decoder's output: in [0, 1], or in own units."""
        if self.likelihood == "bernoulli":
            expected = ops.sigmoid(output)
        elif self.takes_pixels():
            expected = ops.clip(output, 0.0, 1.0)
        elif self.standardization is not None:
            expected = self.standardization.restored(output)
        else:
            expected = output
        if self.categories:
            return with_probabilities(expected, output, self.categories)
        return expected


def _require_standardization(standardization, likelihood):
    """Raises unless it is one, or none, and the likelihood has use for it.

    Raises:
        InvalidValue: as said.
    """
    if standardization is None:
        return
    if not isinstance(standardization, Standardization):
        raise InvalidValue(
            "`standardization` must be a keras_bvae.Standardization; received "
            f"{type(standardization).__name__}. Use Standardization.of(x_train)."
        )
    if likelihood == "bernoulli":
        raise InvalidValue(
            "Standardised values need the gaussian likelihood; received "
            'likelihood="bernoulli", whose values lie in [0, 1]. Leave one of the two '
            "out."
        )
