"""Layers: the reparameterised draw, and convolutions that train fast on a CPU."""

from keras_bvae.layers.sampling import Sampling
from keras_bvae.layers.strided_convolution import Conv2D, Conv2DTranspose

__all__ = ["Conv2D", "Conv2DTranspose", "Sampling"]
