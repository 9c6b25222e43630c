"""What watches a model while `fit` runs."""

from keras_bvae.callbacks.disentanglement_metric import DisentanglementMetric

__all__ = ["DisentanglementMetric"]
