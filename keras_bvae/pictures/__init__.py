"""Pictures of what a model does, from plain arrays: sheets, films and their files."""

from keras_bvae.former_names import former_names
from keras_bvae.pictures.films.animation import Animation
from keras_bvae.pictures.films.traversal_animation import traversal_animation
from keras_bvae.pictures.picture_file import save_picture
from keras_bvae.pictures.sheets.contact_sheet import contact_sheet
from keras_bvae.pictures.sheets.heat_map import HeatMap, heat_map_sheet
from keras_bvae.pictures.sheets.image_rows import image_grid
from keras_bvae.pictures.sheets.image_sheets import (
    interpolation_animation,
    interpolation_sheet,
    reconstruction_sheet,
)
from keras_bvae.pictures.sheets.representation_sheet import representation_sheet
from keras_bvae.pictures.sheets.sheet import Sheet
from keras_bvae.pictures.sheets.traversal_sheet import traversal_sheet

__all__ = [
    "Animation",
    "HeatMap",
    "Sheet",
    "contact_sheet",
    "heat_map_sheet",
    "image_grid",
    "interpolation_animation",
    "interpolation_sheet",
    "reconstruction_sheet",
    "representation_sheet",
    "save_picture",
    "traversal_animation",
    "traversal_sheet",
]

# What version 0.5 had here.
__getattr__ = former_names(
    __name__,
    {
        "Page": "keras_bvae.pictures.Sheet",
        "heat_map": "keras_bvae.pictures.heat_map_sheet",
        "interpolation_picture": "keras_bvae.pictures.interpolation_sheet",
        "reconstruction_picture": "keras_bvae.pictures.reconstruction_sheet",
        "representation_picture": "keras_bvae.pictures.representation_sheet",
        "traversal_picture": "keras_bvae.pictures.traversal_sheet",
        "is_film_path": "keras_bvae.pictures.picture_file.is_film_path",
        "require_picture_path": "keras_bvae.pictures.picture_file.require_picture_path",
        "score_maps": "keras_bvae.pictures.sheets.representation_sheet.score_maps",
        "stacked_animations": "keras_bvae.pictures.films.animation.stacked_animations",
        "stacked_pages": "keras_bvae.pictures.sheets.sheet.stacked_sheets",
        "sample_images": "keras_bvae.datasets.sample_images",
        "sample_indices": "keras_bvae.datasets.sample_indices",
        "linear_path": "keras_bvae.latents.linear_path",
        "spherical_path": "keras_bvae.latents.spherical_path",
        "LatentStatistics": "keras_bvae.latents.LatentStatistics",
        "is_active": "keras_bvae.latents.is_active",
        "latent_statistics": "keras_bvae.latents.latent_statistics",
        "mean_kl_per_latent": "keras_bvae.latents.mean_kl_per_latent",
        "SWEEP_MODES": "keras_bvae.latents.SWEEP_MODES",
        "sweep_by_mode": "keras_bvae.latents.sweep_by_mode",
        "Sweep": "keras_bvae.latents.Sweep",
        "aggregate_posterior_sweep": "keras_bvae.latents.aggregate_posterior_sweep",
        "fitted_gaussian_sweep": "keras_bvae.latents.fitted_gaussian_sweep",
        "min_max_sweep": "keras_bvae.latents.min_max_sweep",
        "normal_quantile_sweep": "keras_bvae.latents.normal_quantile_sweep",
        "quantile_sweep": "keras_bvae.latents.quantile_sweep",
        "standard_deviation_sweep": "keras_bvae.latents.standard_deviation_sweep",
        "telling_anchor": "keras_bvae.latents.telling_anchor",
        "Traversal": "keras_bvae.latents.Traversal",
        "prior_anchor": "keras_bvae.latents.prior_anchor",
        "traverse": "keras_bvae.latents.traverse",
    },
)
