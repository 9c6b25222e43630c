"""Data sets whose images take long to read: decoded once, mapped from then on."""

import hashlib
import math
import os
import pathlib
import threading

from keras_bvae.datasets.dataset import Dataset
from keras_bvae.datasets.storage.cache_folder import default_cache_folder
from keras_bvae.datasets.storage.mapped_images import read_mapped, write_mapped

# Served one by one before all are decoded: enough for a contact sheet.
FEW_IMAGES = 512
# Larger sets stay on the disk: 3dshapes has 5.9 GB, which nobody asked to have copied
# into memory or onto a device; Cars3D at 64 pixels has 0.2 GB.
MOST_BYTES_IN_MEMORY = 2**30


class StoredImages(Dataset):
    """A data set whose images are decoded once, into a file in the cache folder.

    A subclass writes `_read_images`; `_read_few` where single images can be read
    quickly, so that a handful of them does not decode all; and `_version` where they
    come from more than one file. The whole set is never held in memory.

    Args:
        name, image_shape, factor_space, count, description: as for `Dataset`.
        source: the file or folder that the images come from; None: where `_version`
            says all.
    """

    def __init__(
        self,
        name,
        image_shape,
        factor_space=None,
        count=None,
        description="",
        source=None,
    ):
        super().__init__(name, image_shape, factor_space, count, description)
        self.source = None if source is None else pathlib.Path(source)
        self._stored = None
        self._served_singly = 0
        self._lock = threading.Lock()

    def _read_images(self):
        """Yields all images in order: uint8 arrays `(n, height, width, channels)`."""
        raise NotImplementedError

    def _read_few(self, indices):
        """The images at a few indices, or None where that would take reading them all.

        Args:
            indices: int64 array, shape `(n,)`, in any order, some perhaps twice.

        Returns:
            uint8 array, shape `(n, height, width, channels)`, or None.
        """
        return None

    def _mapped_source(self):
        """The images mapped where they lie, if they lie there as they are; else None.

        Returns:
            uint8 array, shape `(n, height, width, channels)`, which needs no copy.
        """
        return None

    def _version(self):
        """Text that changes whenever the images do."""
        return version_of_files([self.source])

    def _reading(self):
        """How else than usual the images are read: each way has a file of its own.

        Returns:
            tuple, empty for the usual way.
        """
        return ()

    @property
    def cache_file(self):
        """Where the decoded images are kept: pathlib.Path, which need not exist."""
        source = "" if self.source is None else os.path.realpath(self.source)
        identity = repr((self.name, source, self.image_shape, *self._reading()))
        digest = hashlib.sha256(identity.encode()).hexdigest()[:16]
        kind = self.name.partition(":")[0]
        return default_cache_folder() / f"{kind}_{digest}.npy"

    def prepare(self, progress=None):
        """Decodes every image, unless a file of before holds them.

        Args:
            progress: function called as `progress(done, total)` along the way, or None.

        Raises:
            OSError: the cache folder cannot be written, or its disk is too full.
            ValueError: the images are damaged.
        """
        # fit reads ahead in a thread of its own: two must not decode at once.
        with self._lock:
            if self._find_stored():
                return
            shape, version = self._shape(), self._version()
            write_mapped(self.cache_file, shape, version, self._read_images(), progress)
            # The version of before: a source that changed meanwhile is found out.
            self._stored = read_mapped(self.cache_file, shape, version)

    def _images_at(self, indices):
        if self._stored is None:
            images = self._one_by_one(indices)
            if images is not None:
                return images
            self.prepare()
        return self._stored[indices]

    def stored_images(self, count):
        is_large = math.prod(self._shape()) > MOST_BYTES_IN_MEMORY
        if is_large or (count <= FEW_IMAGES and not self._is_stored()):
            return None
        self.prepare()
        return self._stored

    def _one_by_one(self, indices):
        """Images without decoding all, or None where it is time to do that."""
        if self._is_stored():
            return None
        self._served_singly += len(indices)
        return self._read_few(indices) if self._served_singly <= FEW_IMAGES else None

    def _is_stored(self):
        with self._lock:
            return self._find_stored()

    def _find_stored(self):
        if self._stored is None:
            self._stored = self._mapped_source()
        if self._stored is None:
            self._stored = read_mapped(self.cache_file, self._shape(), self._version())
        return self._stored is not None

    def _shape(self):
        return (len(self), *self.image_shape)


def version_of_files(paths):
    """Text that changes when one of the files is replaced: names, sizes and times."""
    states = [(pathlib.Path(path).name, os.stat(path)) for path in paths]
    return repr([(name, state.st_size, state.st_mtime_ns) for name, state in states])
