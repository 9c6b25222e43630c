"""dSprites as TensorFlow Datasets builds it."""

import numpy as np

from keras_bvae.datasets.factors import FactorGrid, factors_from_rows
from keras_bvae.datasets.sprites.packed_images import PackedDataset, load_or_render
from keras_bvae.datasets.sprites.sprite_geometry import FACTOR_NAMES, FACTOR_SIZES
from keras_bvae.datasets.sprites.sprite_renderer import PACKED_BYTES
from keras_bvae.datasets.storage.cache_folder import default_cache_folder
from keras_bvae.datasets.tfds.tfds_build import (
    prepared_builder,
    records,
    version_of_build,
)
from keras_bvae.errors import InvalidValue

# What TFDS calls the factors, in our order.
LABELS = (
    "label_shape",
    "label_scale",
    "label_orientation",
    "label_x_position",
    "label_y_position",
)
RECORDS_AT_ONCE = 4096
CACHE_FILE = "tfds_dsprites_packed.npy"


class TFDSDSprites(PackedDataset):
    """The build of `dsprites` in the user's TFDS folder, made first if it is missing.

    TFDS stores the records shuffled; here they are in the official order. Images are
    read when the first one is needed, which takes minutes the first time and leaves a
    cache file; where the build is not the full set, they are read at once.

    Args:
        data_dir: TFDS' folder; None: TFDS_DATA_DIR, else ~/tensorflow_datasets.

    Raises:
        OSError: the build is missing and cannot be downloaded.
        ValueError: the build is damaged.
    """

    def __init__(self, data_dir=None):
        self._builder = prepared_builder("dsprites", data_dir)
        factor_space = FactorGrid(FACTOR_NAMES, FACTOR_SIZES)
        packed = None
        if self._builder.info.splits["train"].num_examples != len(factor_space):
            labels, packed = _read(self._builder)
            factor_space = factors_from_rows(FACTOR_NAMES, labels)
        super().__init__(
            "tfds:dsprites",
            factor_space,
            description="white sprites on black, from TensorFlow Datasets",
        )
        self._packed = packed

    def _read_packed(self, progress):
        return load_or_render(
            default_cache_folder() / CACHE_FILE,
            self._read_full_set,
            progress,
            version=version_of_build(self._builder),
        )

    def _read_full_set(self, progress):
        labels, packed = _read(self._builder, progress)
        if not np.array_equal(labels, self.factors_at(np.arange(len(self)))):
            raise InvalidValue(
                "A full build of tfds:dsprites must hold each combination of factors "
                f"once; received {self._builder.data_dir}, which does not. Delete that "
                "folder, and load the data set again."
            )
        return packed


def _read(builder, progress=None):
    """All records in the order of their factors.

    Returns:
        `(labels, packed)`: int64 `(n, 5)` and uint8 `(n, 512)`.
    """
    count = builder.info.splits["train"].num_examples
    labels = np.empty((count, len(LABELS)), np.int64)
    packed = np.empty((count, PACKED_BYTES), np.uint8)
    paths = (("image",), *((name,) for name in LABELS))
    done = 0
    for images, *classes in records(builder, ("train",), paths, RECORDS_AT_ONCE):
        rows = slice(done, done + len(images))
        # Pixels are 0 or 1 in the official file, and TFDS keeps them so.
        packed[rows] = np.packbits(images.reshape(len(images), -1), axis=1)
        labels[rows] = np.stack(classes, axis=1)
        done += len(images)
        if progress is not None:
            progress(done, count)
    order = np.lexsort(labels.T[::-1])
    return labels[order], packed[order]
