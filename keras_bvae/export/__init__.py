"""Encoder and decoder as files that run without Keras: ONNX, SavedModel and others."""

from keras_bvae.export.export_model import export_model
from keras_bvae.export.formats import FORMATS
from keras_bvae.export.parts import PARTS

__all__ = ["FORMATS", "PARTS", "export_model"]
