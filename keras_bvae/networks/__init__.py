"""Encoder and decoder pairs, by the paper that used them; `conv` is our own."""

from keras_bvae.networks.build import NETWORKS, build

__all__ = ["NETWORKS", "build"]
