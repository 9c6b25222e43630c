"""Disentanglement metrics: NumPy in, a `Score` out. Nothing here imports Keras."""

from keras_bvae.errors import NonFiniteCodes
from keras_bvae.former_names import former_names
from keras_bvae.metrics.catalog import ALL, METRICS, NamedMetric
from keras_bvae.metrics.evaluate_representation import (
    evaluate_representation,
    metric_names,
)
from keras_bvae.metrics.protocols import PROTOCOLS
from keras_bvae.metrics.sampling.encoding import EncodedImages
from keras_bvae.metrics.score import Score
from keras_bvae.metrics.scores.adjusted_scores import (
    adjusted_modularity,
    adjusted_mutual_information_gap,
)
from keras_bvae.metrics.scores.beta_vae_score import (
    beta_vae_score,
    beta_vae_settings,
    higgins2017_aggregate,
)
from keras_bvae.metrics.scores.dci import dci, quick_dci
from keras_bvae.metrics.scores.factor_vae_score import (
    factor_vae_score,
    factor_vae_settings,
    scale_free_factor_vae_score,
    scale_free_factor_vae_settings,
)
from keras_bvae.metrics.scores.importance_weighted_bound import (
    ImportanceWeightedBound,
    importance_weighted_bound,
)
from keras_bvae.metrics.scores.interventional_robustness import (
    interventional_robustness,
)
from keras_bvae.metrics.scores.kl_decomposition import DecomposedKL, kl_decomposition
from keras_bvae.metrics.scores.modularity_explicitness import explicitness, modularity
from keras_bvae.metrics.scores.mutual_information_gap import mutual_information_gap
from keras_bvae.metrics.scores.separated_attribute_predictability import (
    separated_attribute_predictability,
)
from keras_bvae.metrics.scores.unsupervised_disentanglement_ranking import (
    unsupervised_disentanglement_ranking,
)
from keras_bvae.metrics.scores.unsupervised_scores import (
    active_units,
    unsupervised_scores,
)

__all__ = [
    "ALL",
    "METRICS",
    "PROTOCOLS",
    "DecomposedKL",
    "EncodedImages",
    "ImportanceWeightedBound",
    "NamedMetric",
    "NonFiniteCodes",
    "Score",
    "active_units",
    "adjusted_modularity",
    "adjusted_mutual_information_gap",
    "beta_vae_score",
    "beta_vae_settings",
    "dci",
    "evaluate_representation",
    "explicitness",
    "factor_vae_score",
    "factor_vae_settings",
    "higgins2017_aggregate",
    "importance_weighted_bound",
    "interventional_robustness",
    "kl_decomposition",
    "metric_names",
    "modularity",
    "mutual_information_gap",
    "quick_dci",
    "scale_free_factor_vae_score",
    "scale_free_factor_vae_settings",
    "separated_attribute_predictability",
    "unsupervised_disentanglement_ranking",
    "unsupervised_scores",
]

# What version 0.5 had here.
__getattr__ = former_names(
    __name__, {"NonFiniteCodesError": "keras_bvae.errors.NonFiniteCodes"}
)
