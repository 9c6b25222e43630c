"""Black and white images kept in memory as bits, eight pixels a byte."""

import threading

from keras_bvae.datasets.dataset import Dataset
from keras_bvae.datasets.factor_grid import as_indices
from keras_bvae.datasets.sprites.packed_images import unpack
from keras_bvae.datasets.sprites.sprite_geometry import IMAGE_SIZE


class PackedDataset(Dataset):
    """A data set of binary 64 x 64 images, read once, unpacked batch by batch.

    The whole of dSprites takes 377 MB this way, and 3 GB as bytes. A subclass writes
    `_read_packed(progress)`, which returns the images as uint8 `(n, 512)`.

    Args:
        name, factor_space, description: as for `Dataset`.
    """

    packs_bits = True

    def __init__(self, name, factor_space, description=""):
        image_shape = (IMAGE_SIZE, IMAGE_SIZE, 1)
        super().__init__(name, image_shape, factor_space, description=description)
        self._packed = None
        self._lock = threading.Lock()

    def prepare(self, progress=None):
        # fit reads ahead in a thread of its own: two must not read the file twice.
        with self._lock:
            if self._packed is None:
                self._packed = self._read_packed(progress)

    def _read_packed(self, progress):
        raise NotImplementedError

    def _images_at(self, indices):
        return unpack(self._packed_at(indices))

    def stored_at(self, indices):
        return self._packed_at(as_indices(indices, len(self)))

    def stored_images(self, count):
        self.prepare()
        return self._packed

    def _packed_at(self, indices):
        self.prepare()
        return self._packed[indices]
