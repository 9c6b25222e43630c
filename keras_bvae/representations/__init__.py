"""Representations to hold a model against: nothing here is trained by a VAE's loss."""

from keras_bvae.representations.build import NAMES, OwnCodes, build

__all__ = ["NAMES", "OwnCodes", "build"]
