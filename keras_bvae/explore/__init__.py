"""Sliders for the latents of one or more models, in the browser."""

from keras_bvae.explore.interface import explorer
from keras_bvae.explore.latent_explorer import LatentExplorer
from keras_bvae.explore.server import serve

__all__ = ["LatentExplorer", "explorer", "serve"]
