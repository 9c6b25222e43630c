"""A model and a data set in, what the model is worth out."""

from keras_bvae.evaluation.evaluate_model import (
    evaluate_model,
    model_means,
    require_same_size,
    sampled_codes,
    score_records,
)
from keras_bvae.evaluation.kept_codes import kept_codes
from keras_bvae.evaluation.posteriors import bound_model, decompose_model, rank_models

__all__ = [
    "bound_model",
    "decompose_model",
    "evaluate_model",
    "kept_codes",
    "model_means",
    "rank_models",
    "require_same_size",
    "sampled_codes",
    "score_records",
]
