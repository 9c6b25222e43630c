"""MPI3D from its official .npz files."""

import math
import os
import pathlib

import numpy as np

from keras_bvae.datasets.factors import FactorGrid
from keras_bvae.datasets.official.official_files import not_in_format, require_file
from keras_bvae.datasets.storage.array_members import NpzMember
from keras_bvae.datasets.storage.stored_images import StoredImages

FACTOR_NAMES = (
    "object_color",
    "object_shape",
    "object_size",
    "camera_height",
    "background_color",
    "horizontal_axis",
    "vertical_axis",
)
# Sizes by the number of images: toy, realistic and real; and the earlier releases of
# them and real_complex, with four colours and four shapes.
SIZES = {
    math.prod(sizes): sizes
    for sizes in ((6, 6, 2, 3, 3, 40, 40), (4, 4, 2, 3, 3, 40, 40))
}
IMAGE_SHAPE = (64, 64, 3)
ROWS_AT_ONCE = 4096  # 48 MiB of pixels


class MPI3D(StoredImages):
    """Images of a robot arm that holds an object, from seven factors; 64 x 64.

    A file whose images are stored as they are, such as the official ones, is mapped and
    needs no copy; one that is compressed is unpacked once.

    Args:
        path: mpi3d_toy.npz, mpi3d_realistic.npz, mpi3d_real.npz, real_complex, or
            a file in their format whose array has one axis a factor.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is of another format, lacks the array or is damaged.

    Source: Gondal et al. 2019 (arXiv:1906.03292).
    """

    published_factors = (FACTOR_NAMES,)

    def __init__(self, path):
        file = pathlib.Path(os.path.expanduser(path))
        self._images, sizes = _open_images(file)
        super().__init__(
            f"mpi3d:{path}",
            IMAGE_SHAPE,
            FactorGrid(FACTOR_NAMES, sizes),
            description="an object on a robot arm, from an official file",
            source=file,
        )

    def _mapped_source(self):
        try:
            return self._images.mapped()
        except ValueError as error:
            raise not_in_format("mpi3d", self.source, error) from error

    def _read_images(self):
        try:
            yield from self._images.chunks(ROWS_AT_ONCE)
        except ValueError as error:
            raise not_in_format("mpi3d", self.source, error) from error


def _open_images(file):
    """The array as `(n, 64, 64, 3)`, and the factors' sizes."""
    require_file("mpi3d", file)
    try:
        images = NpzMember(file, "images")
    except KeyError as error:
        raise not_in_format("mpi3d", file, "it holds no array images") from error
    except (ValueError, OSError) as error:
        raise not_in_format("mpi3d", file, error) from error
    if images.dtype != np.uint8 or images.shape[-3:] != IMAGE_SHAPE:
        problem = f"{images.dtype} {images.shape}, not uint8 (n, 64, 64, 3)"
        raise not_in_format("mpi3d", file, f"array images is {problem}")
    sizes = _sizes(images.shape[:-3])
    if sizes is None:
        counts = " or ".join(f"{count:,}" for count in SIZES)
        problem = f"{images.shape}, not {counts} images nor one axis a factor"
        raise not_in_format("mpi3d", file, f"array images is {problem}")
    images.flatten_leading(len(images.shape) - len(IMAGE_SHAPE))
    return images, sizes


def _sizes(leading):
    """The factors' sizes from the axes before the images', or None."""
    if len(leading) == len(FACTOR_NAMES) and min(leading) > 0:
        return leading
    return SIZES.get(leading[0]) if len(leading) == 1 else None
