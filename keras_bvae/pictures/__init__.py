"""Pictures of what a model does, from plain arrays and two functions."""

from keras_bvae.datasets.images import sample_images, sample_indices
from keras_bvae.latents.anchors import prior_anchor, telling_anchor
from keras_bvae.latents.code_paths import linear_path, spherical_path
from keras_bvae.latents.latent_statistics import (
    LatentStatistics,
    is_active,
    latent_statistics,
    mean_kl_per_latent,
)
from keras_bvae.latents.sweep_modes import SWEEP_MODES, sweep_by_mode
from keras_bvae.latents.sweeps import (
    Sweep,
    aggregate_posterior_sweep,
    fitted_gaussian_sweep,
    min_max_sweep,
    normal_quantile_sweep,
    quantile_sweep,
    standard_deviation_sweep,
)
from keras_bvae.latents.traversal import Traversal, traverse
from keras_bvae.pictures.films.animation import Animation, traversal_animation
from keras_bvae.pictures.films.animation_file import stacked_animations, stacked_sheets
from keras_bvae.pictures.picture_file import (
    is_film_path,
    require_picture_path,
    save_picture,
)
from keras_bvae.pictures.sheets.contact_sheet import contact_sheet
from keras_bvae.pictures.sheets.heat_map import HeatMap, heat_map
from keras_bvae.pictures.sheets.image_rows import image_grid
from keras_bvae.pictures.sheets.image_sheets import (
    interpolation_animation,
    interpolation_sheet,
    reconstruction_sheet,
)
from keras_bvae.pictures.sheets.representation_sheet import (
    representation_sheet,
    score_maps,
)
from keras_bvae.pictures.sheets.sheet import Sheet
from keras_bvae.pictures.sheets.traversal_sheet import traversal_sheet

__all__ = [
    "SWEEP_MODES",
    "Animation",
    "HeatMap",
    "LatentStatistics",
    "Sheet",
    "Sweep",
    "Traversal",
    "aggregate_posterior_sweep",
    "contact_sheet",
    "fitted_gaussian_sweep",
    "heat_map",
    "image_grid",
    "interpolation_animation",
    "interpolation_sheet",
    "is_active",
    "is_film_path",
    "latent_statistics",
    "linear_path",
    "mean_kl_per_latent",
    "min_max_sweep",
    "normal_quantile_sweep",
    "prior_anchor",
    "quantile_sweep",
    "reconstruction_sheet",
    "representation_sheet",
    "require_picture_path",
    "sample_images",
    "sample_indices",
    "save_picture",
    "score_maps",
    "spherical_path",
    "stacked_animations",
    "stacked_sheets",
    "standard_deviation_sweep",
    "sweep_by_mode",
    "telling_anchor",
    "traversal_animation",
    "traversal_sheet",
    "traverse",
]
