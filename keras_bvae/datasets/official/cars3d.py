"""Cars3D from its official archive, or the folder in it."""

import itertools
import os
import pathlib

import numpy as np

from keras_bvae.datasets.factors import factors_from_rows
from keras_bvae.datasets.images import require_image_size, resized
from keras_bvae.datasets.official.matlab_cars import LIST, CarArchive, CarFolder
from keras_bvae.datasets.official.official_files import not_in_format, where_to_get
from keras_bvae.datasets.storage.stored_images import StoredImages, version_of_files
from keras_bvae.errors import InvalidValue, MissingFile
from keras_bvae.files.reading import require_regular_file

FACTOR_NAMES = ("elevation", "azimuth", "object")
# Each car is seen from 4 elevations and, at each of them, 24 azimuths.
ELEVATIONS = 4
AZIMUTHS = 24
# Where the folder of the cars may lie below the one that is named.
PLACES = (".", "cars", "data/cars")


class Cars3D(StoredImages):
    """17,568 images of 183 cars from 96 directions, in colour, scaled down from 128.

    Images are numbered car by car, as the files hold them; within a car the azimuth
    counts fastest.

    Args:
        path: nips2015-analogy-data.tar.gz, its folder `data/cars`, or a folder with
            that in it. The archive is walked through once here, which takes seconds.
        image_size: height and width of the images, 8 … 512.

    Raises:
        FileNotFoundError: there is no such file or folder.
        ValueError: the cars are of another format, damaged or not all there; or
            image_size is out of range.

    Source: Reed et al. 2015, "Deep Visual Analogy-Making"; the scaling to 64 x 64 is
    that of disentanglement_lib.
    """

    published_factors = (FACTOR_NAMES,)

    def __init__(self, path, image_size=64):
        require_image_size("cars3d", image_size)
        source = pathlib.Path(os.path.expanduser(path))
        self._cars = _open_cars(source)
        directions = list(itertools.product(range(ELEVATIONS), range(AZIMUTHS)))
        factors = np.array(
            [
                (elevation, azimuth, number)
                for number in range(len(self._cars.names))
                for elevation, azimuth in directions
            ]
        )
        super().__init__(
            f"cars3d:{path}",
            (int(image_size), int(image_size), 3),
            factors_from_rows(FACTOR_NAMES, factors),
            description="cars seen from all sides, from the official archive",
            source=source,
        )

    def _version(self):
        return version_of_files(self._cars.files)

    def _read_images(self):
        try:
            for car in self._cars.cars():
                yield resized(self._views(car), self.image_shape[0])
        except ValueError as error:
            raise not_in_format("cars3d", self.source, error) from error

    def _read_few(self, indices):
        if not isinstance(self._cars, CarFolder):
            return None
        images = np.empty((len(indices), *self.image_shape), np.uint8)
        numbers, views = np.divmod(indices, ELEVATIONS * AZIMUTHS)
        try:
            for number in np.unique(numbers):
                of_car = np.flatnonzero(numbers == number)
                car = self._views(self._cars.car(self._cars.names[number]))
                images[of_car] = resized(car[views[of_car]], self.image_shape[0])
        except ValueError as error:
            raise not_in_format("cars3d", self.source, error) from error
        return images

    @staticmethod
    def _views(car):
        """Images `(96, height, width, 3)` of one car."""
        if car.shape[:2] != (ELEVATIONS, AZIMUTHS):
            raise InvalidValue(
                f"a car has {car.shape[0]} elevations and {car.shape[1]} azimuths, not "
                f"{ELEVATIONS} and {AZIMUTHS}"
            )
        return car.reshape(-1, *car.shape[2:])


def _open_cars(source):
    try:
        if source.exists() and not source.is_dir():
            require_regular_file(source, "Cars3D")
            return CarArchive(source)
        if source.is_dir():
            for place in PLACES:
                if (source / place / LIST).is_file():
                    return CarFolder(source / place)
            raise InvalidValue(f"neither it nor data/cars in it holds {LIST}")
    except ValueError as error:
        raise not_in_format("cars3d", source, error) from error
    raise MissingFile(
        f"Cars3D must be an archive or a folder that exists; received {source}. "
        + where_to_get("cars3d")
    )
