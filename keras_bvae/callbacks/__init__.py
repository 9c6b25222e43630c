"""What watches a model while `fit` runs."""

from keras_bvae.callbacks.disentanglement_metric import DisentanglementMetric
from keras_bvae.callbacks.exact_resume import ExactResume
from keras_bvae.callbacks.traversal_pictures import TraversalPictures

__all__ = ["DisentanglementMetric", "ExactResume", "TraversalPictures"]
