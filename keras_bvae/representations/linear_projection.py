"""Codes that are linear in the pixels."""

from dataclasses import dataclass

import numpy as np

from keras_bvae.datasets.image_checks import require_images
from keras_bvae.representations.pixels import pixels


@dataclass(frozen=True, kw_only=True)
class LinearProjection:
    """Weighted sums of an image's pixels: a function of images, for any metric.

    Attributes:
        image_shape: tuple `(height, width, channels)`.
        weights: float32 array, shape `(pixels, latent_dim)`.
        offset: float32 array, shape `(latent_dim,)`.
    """

    image_shape: tuple
    weights: np.ndarray
    offset: np.ndarray

    def __call__(self, images):
        """Codes of images.

        Args:
            images: array `(n, *image_shape)`, uint8 or float in [0, 1].

        Returns:
            float32 array, shape `(n, latent_dim)`.

        Raises:
            ValueError: the shape, the type or a value breaks the rule.
        """
        require_images(images, self.image_shape)
        return pixels(images) @ self.weights + self.offset
