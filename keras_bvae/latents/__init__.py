"""What latents do, as arrays: ranges, traversals, statistics. Nothing here draws."""

from keras_bvae.latents.anchors import prior_anchor, telling_anchor
from keras_bvae.latents.code_paths import linear_path, spherical_path
from keras_bvae.latents.code_plane import CodePlane, code_plane, decoded_plane
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

__all__ = [
    "SWEEP_MODES",
    "CodePlane",
    "LatentStatistics",
    "Sweep",
    "Traversal",
    "aggregate_posterior_sweep",
    "code_plane",
    "decoded_plane",
    "fitted_gaussian_sweep",
    "is_active",
    "latent_statistics",
    "linear_path",
    "mean_kl_per_latent",
    "min_max_sweep",
    "normal_quantile_sweep",
    "prior_anchor",
    "quantile_sweep",
    "spherical_path",
    "standard_deviation_sweep",
    "sweep_by_mode",
    "telling_anchor",
    "traverse",
]
