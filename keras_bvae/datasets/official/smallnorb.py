"""smallNORB from its original binary files."""

import pathlib

import numpy as np

from keras_bvae.datasets.factor_table import factors_from_rows
from keras_bvae.datasets.official.norb_matrix import NorbMatrix
from keras_bvae.datasets.official.official_files import OFFICIAL_FILES, where_to_get
from keras_bvae.datasets.own.resized_images import require_image_size, resized
from keras_bvae.datasets.storage.stored_images import StoredImages, version_of_files

FACTOR_NAMES = ("category", "instance", "elevation", "azimuth", "lighting")
# The azimuth is stored in steps of 10 degrees, and seen every 20.
AZIMUTH_COLUMN = 3
ROWS_AT_ONCE = 512  # pairs of images: 9 MiB
MOST_CLASSES = 4096


class SmallNORB(StoredImages):
    """48,600 grey photographs of 50 toys from five factors, scaled down from 96.

    Training and testing files together, in this order, as the literature on
    disentanglement takes them, and of each stereo pair the first image. All five
    factors count; disentanglement_lib leaves out the instance.

    Args:
        path: the folder of the six files, each as .mat or .mat.gz.
        image_size: height and width of the images, 8 … 512.

    Raises:
        FileNotFoundError: the folder or one of the files is missing.
        ValueError: a file is of another format or damaged; or image_size is out of
            range.

    Source: LeCun, Huang & Bottou 2004; the scaling to 64 x 64 is that of
    disentanglement_lib.
    """

    def __init__(self, path, image_size=64):
        require_image_size("smallnorb", image_size)
        folder = pathlib.Path(path).expanduser()
        self._files = _find_files(folder)
        try:
            matrices = [NorbMatrix(file) for file in self._files]
            factors = np.concatenate([_factors(*matrices[:3]), _factors(*matrices[3:])])
        except ValueError as error:
            raise _unusable(folder, error) from error
        self._photographs = matrices[0], matrices[3]
        super().__init__(
            f"smallnorb:{path}",
            (int(image_size), int(image_size), 1),
            factors_from_rows(FACTOR_NAMES, factors),
            description="photographs of toys, from the original files",
            source=folder,
        )

    def _version(self):
        return version_of_files(self._files)

    def _read_images(self):
        try:
            for matrix in self._photographs:
                for pairs in matrix.chunks(ROWS_AT_ONCE):
                    yield self._first_of(pairs)
        except ValueError as error:
            raise _unusable(self.source, error) from error

    def _read_few(self, indices):
        parts = [matrix.mapped() for matrix in self._photographs]
        if any(part is None for part in parts):
            return None
        images = np.empty((len(indices), *self.image_shape), np.uint8)
        is_later = indices >= len(parts[0])
        images[~is_later] = self._first_of(parts[0][indices[~is_later]])
        images[is_later] = self._first_of(parts[1][indices[is_later] - len(parts[0])])
        return images

    def _first_of(self, pairs):
        return resized(pairs[:, 0, :, :, None], self.image_shape[0])


def _find_files(folder):
    """Paths of the six files, in the order of OFFICIAL_FILES."""
    found, missing = [], []
    for official in OFFICIAL_FILES["smallnorb"]:
        packed = folder / official.name
        there = [file for file in (packed.with_suffix(""), packed) if file.is_file()]
        found += there[:1]
        missing += [] if there else [official.name]
    if missing:
        raise FileNotFoundError(
            "smallNORB must be a folder that holds its six files; received "
            f"{folder}, which lacks {len(missing)} of them. "
            + where_to_get("smallnorb", missing)
        )
    return found


def _factors(photographs, categories, information):
    """Class indices, int64 `(n, 5)`, of a training or testing part."""
    count, shape = photographs.shape[0], photographs.shape
    if photographs.dtype != np.uint8 or len(shape) != 4 or shape[2] != shape[3]:
        raise ValueError(
            f"{photographs.path.name} is {photographs.dtype} {shape}, not uint8 "
            "(n, 2, 96, 96)"
        )
    for matrix, row in ((categories, ()), (information, (4,))):
        if matrix.shape != (count, *row) or matrix.dtype.kind != "i":
            raise ValueError(
                f"{matrix.path.name} is {matrix.dtype} {matrix.shape}, not int32 "
                f"{(count, *row)}"
            )
    factors = np.column_stack([categories.read(), information.read()]).astype(np.int64)
    factors[:, AZIMUTH_COLUMN] //= 2
    if factors.min() < 0 or factors.max() >= MOST_CLASSES:
        raise ValueError(
            f"{information.path.name} has factors from {factors.min()} to "
            f"{factors.max()}"
        )
    return factors


def _unusable(folder, problem):
    names = [official.name for official in OFFICIAL_FILES["smallnorb"]]
    culprits = [name for name in names if name.removesuffix(".gz") in str(problem)]
    return ValueError(
        "smallNORB must be in its original format; received "
        f"{folder}: {problem}. {where_to_get('smallnorb', culprits)}"
    )
