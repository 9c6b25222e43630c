"""Images to learn from, and the factors that made them."""

from keras_bvae.datasets.catalog import load
from keras_bvae.datasets.changes.named_changes import CHANGES
from keras_bvae.datasets.dataset import Dataset
from keras_bvae.datasets.dataset_summary import Comparison, compare
from keras_bvae.datasets.factors import FactorGrid, FactorTable
from keras_bvae.datasets.image_batches import ImageBatches
from keras_bvae.datasets.images import require_images, sample_images, sample_indices
from keras_bvae.datasets.own.image_file import read_image_file
from keras_bvae.datasets.pair_batches import PairBatches
from keras_bvae.datasets.sources import NAMES

__all__ = [
    "CHANGES",
    "NAMES",
    "Comparison",
    "Dataset",
    "FactorGrid",
    "FactorTable",
    "ImageBatches",
    "PairBatches",
    "compare",
    "load",
    "read_image_file",
    "require_images",
    "sample_images",
    "sample_indices",
]
