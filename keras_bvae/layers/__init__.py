"""Layers: the reparameterised draw from the posterior."""

from keras_bvae.layers.sampling import Sampling

__all__ = ["Sampling"]
