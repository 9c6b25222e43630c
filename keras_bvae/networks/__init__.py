"""Encoder and decoder pairs, by the paper that used them, or by our own rules."""

from keras_bvae.networks.build import NETWORKS, build, network_for

__all__ = ["NETWORKS", "build", "network_for"]
