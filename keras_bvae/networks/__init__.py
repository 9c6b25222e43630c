"""Encoder and decoder pairs, by the name of the paper that used them."""

from keras_bvae.networks.build import NETWORKS, build

__all__ = ["NETWORKS", "build"]
