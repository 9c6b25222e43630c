"""Pictures of what a model does, from plain arrays and two functions."""

from keras_bvae.pictures.animation import Animation, traversal_animation
from keras_bvae.pictures.contact_sheet import contact_sheet
from keras_bvae.pictures.heat_map import HeatMap, heat_map
from keras_bvae.pictures.image_sample import sample_images, sample_indices
from keras_bvae.pictures.latent_statistics import (
    LatentStatistics,
    is_active,
    latent_statistics,
    mean_kl_per_latent,
)
from keras_bvae.pictures.picture_file import require_picture_path, save_picture
from keras_bvae.pictures.representation_picture import representation_picture
from keras_bvae.pictures.score_maps import score_maps
from keras_bvae.pictures.sweeps import (
    Sweep,
    quantile_sweep,
    standard_deviation_sweep,
)
from keras_bvae.pictures.telling_anchor import telling_anchor
from keras_bvae.pictures.traversal import Traversal, prior_anchor, traverse
from keras_bvae.pictures.traversal_picture import traversal_picture

__all__ = [
    "Animation",
    "HeatMap",
    "LatentStatistics",
    "Sweep",
    "Traversal",
    "contact_sheet",
    "heat_map",
    "is_active",
    "latent_statistics",
    "mean_kl_per_latent",
    "prior_anchor",
    "quantile_sweep",
    "representation_picture",
    "require_picture_path",
    "sample_images",
    "sample_indices",
    "save_picture",
    "score_maps",
    "standard_deviation_sweep",
    "telling_anchor",
    "traversal_animation",
    "traversal_picture",
    "traverse",
]
