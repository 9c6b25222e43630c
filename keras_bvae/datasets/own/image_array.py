"""A NumPy array of images as a data set."""

import os
import pathlib
import warnings

import numpy as np
from PIL import Image

from keras_bvae.datasets.images import sides_of
from keras_bvae.datasets.own.array_opening import (
    advice_on_file,
    opened_array,
    unusable_array,
)
from keras_bvae.datasets.own.array_values import (
    MOST_LOOKED_AT,
    advice_on_range,
    oddity_of,
    range_of,
)
from keras_bvae.datasets.own.factor_file import factors_of_rows
from keras_bvae.datasets.own.image_file import in_channels
from keras_bvae.datasets.own.picture_fit import fitted
from keras_bvae.datasets.own.picture_options import (
    AS_THEY_ARE,
    CHANNELS,
    PictureOptions,
    require_channels,
)
from keras_bvae.datasets.storage.array_header import size_of
from keras_bvae.datasets.storage.npy_file import NpyFile
from keras_bvae.datasets.storage.stored_images import StoredImages
from keras_bvae.errors import InvalidValue, printable

BYTES_AT_ONCE = 2**24
# Their order in a pass takes 8 bytes each.
MOST_IMAGES = 10**8
# How far beyond 0 and 1 float images may lie, as scaling leaves them: four times
# float32's last digit. They count as 0 and 1.
ROUNDING = 4 * float(np.finfo(np.float32).eps)


class ImageArray(StoredImages):
    """The images of an .npy file, or of one array of an .npz file.

    The array is `(n, height, width)` or `(n, height, width, channels)`, of 1, 3 or 4
    channels, the fourth being opacity: uint8, 0 … 255; bool; or floating-point in
    [0, 1], rounded to 256 steps. A uint8 array without a value above 1 is taken as
    black and white, as the dSprites files are written, and its 1 becomes 255.

    `FILE.csv` beside `FILE.npy`, one row an image, makes the factors: see
    `factors_of_rows`. uint8 images at their own size are served from the .npy file;
    others are converted once, into the cache folder. Nothing is unpickled.

    Args:
        path: the file.
        image_size: int, height and width, or `(height, width)`, each 8 … 512: the
            middle square of each image, scaled (antialiased), or what `fit` says; None:
            the size and proportions of the array.
        greyscale: True makes greyscale of colour.
        fit, on: see `PictureOptions`.
        channels: 1, 3 or 4; None: as many as the array has.
        member: str, the name of the array in an .npz file; None: its only one, or
            `images`.

    Images that are all alike or dark, of 16 that are looked at, are told of by a
    warning.

    Attributes:
        factor_values: dict, for each factor the values (str) in the table that its
            classes stand for; empty without a table.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file holds no such array, or a value out of range (found when
            the images are read, at the latest by `prepare`); the table of factors does
            not fit; image_size is out of range.
    """

    def __init__(
        self,
        path,
        image_size=None,
        greyscale=False,
        fit=None,
        on="black",
        channels=None,
        member=None,
    ):
        if image_size is not None:
            image_size = sides_of(f"array:{path}", image_size)
        _require_size_to_fit(path, image_size, fit)
        self._options = PictureOptions(on=on, fit=fit or "crop", channels=channels)
        require_channels(channels, greyscale)
        self.path = pathlib.Path(os.path.expanduser(path))
        self._array = opened_array(self.path, member)
        self._member = member
        _require_images(self.path, self._array)
        count, height, width = self._array.shape[:3]
        own_channels = (*self._array.shape[3:], 1)[0]
        channels = channels or (1 if greyscale else own_channels)
        table = self.path.with_suffix(".csv")
        factors = factors_of_rows(table, count) if table.exists() else None
        self.factor_values = {} if factors is None else factors.values
        super().__init__(
            f"array:{path}" + (f"+member={member}" if member else ""),
            (*(image_size or (height, width)), channels),
            None if factors is None else factors.space,
            count,
            description="images of a NumPy array",
            source=self.path,
        )
        self._highest = None
        self.factors_from = (
            f"Put them into {table}, a header with their names and a row an image."
        )
        self._tell_of_oddity()

    def _version(self):
        version = super()._version()
        return f"{version} {self._member}" if self._member else version

    def _tell_of_oddity(self):
        rows = self._array.shape[0]
        row_bytes = size_of(self._array.shape[1:], self._array.dtype)
        most = min(MOST_LOOKED_AT, max(BYTES_AT_ONCE // row_bytes, 2), rows)
        if isinstance(self._array, NpyFile):
            few = self._array.mapped()[np.linspace(0, rows - 1, most).astype(int)]
        else:  # what lies behind would have to be unpacked
            few = next(self._chunks(most))
        white = 255 if self._array.dtype == np.uint8 else 1
        oddity = oddity_of(few, white)
        if oddity:
            seen = "" if most == rows else f"of the {most:,} that were looked at, "
            message = printable(f"{self.name}: {seen}{oddity}")
            warnings.warn(message, RuntimeWarning, stacklevel=3)

    def _reading(self):
        return () if self._options == AS_THEY_ARE else (self._options,)

    def _find_stored(self):
        if self._stored is None and self._serves_itself():
            self._stored = self._array.mapped().reshape(self._shape())
        return super()._find_stored()

    def _serves_itself(self):
        is_mapped = isinstance(self._array, NpyFile)
        has_shape = (*self._array.shape, 1)[:4] == self._shape()
        is_uint8 = self._array.dtype == np.uint8
        return is_mapped and has_shape and is_uint8 and self._highest_value() > 1

    def _highest_value(self):
        """What white is: 1 in floating-point, bool, and uint8 without more; else 255.

        Only in a black and white uint8 array it takes reading all to know.
        """
        if self._highest is None:
            is_uint8 = self._array.dtype == np.uint8
            above = is_uint8 and any((chunk > 1).any() for chunk in self._chunks())
            self._highest = 255 if above else 1
        return self._highest

    def _read_images(self):
        done = 0
        for chunk in self._chunks():
            numbers = np.arange(done, done + len(chunk))
            yield self._converted(chunk, numbers)
            done += len(chunk)

    def _read_few(self, indices):
        if not isinstance(self._array, NpyFile):
            return None
        return self._converted(self._array.mapped()[indices], indices)

    def _chunks(self, rows=None):
        row_bytes = size_of(self._array.shape[1:], self._array.dtype)
        try:
            yield from self._array.chunks(rows or max(BYTES_AT_ONCE // row_bytes, 1))
        except ValueError as error:
            advice = advice_on_file(self.path, str(error))
            raise unusable_array(self.path, error, advice) from error

    def _converted(self, values, numbers):
        """Part of the array as images; `numbers` says which, for the error."""
        if values.dtype.kind == "f":
            outside = ~((values >= -ROUNDING) & (values <= 1 + ROUNDING))
            if outside.any():
                place = np.argwhere(outside)[0]
                found = _exact(values[tuple(place)])
                found = f"it has the value {found} in image {numbers[place[0]]}"
                # One image says too little of the range.
                low, high = range_of(self._chunks())
                raise unusable_array(self.path, found, advice_on_range(low, high))
            values = np.clip(values.astype(np.float32), 0, 1)
            values = np.rint(values * 255).astype(np.uint8)
        elif self._highest_value() == 1:
            values = values.astype(np.uint8) * np.uint8(255)
        images = values.reshape(*values.shape[:3], -1)
        if images.shape[1:] == self.image_shape:
            return images
        return self._fitted(images)

    def _fitted(self, images):
        *size, channels = self.image_shape
        result = np.empty((len(images), *self.image_shape), np.uint8)
        for row, image in enumerate(images):
            # Pillow wants greyscale without an axis for channels.
            picture = Image.fromarray(image[..., 0] if image.shape[2] == 1 else image)
            picture = in_channels(picture, channels, self._options.on)
            result[row] = fitted(picture, size, self._options.fit, self._options.on)
        return result


def _require_size_to_fit(path, image_size, fit):
    """Raises if images are to be fitted and are to stay as they are."""
    if image_size is None and fit is not None:
        raise InvalidValue(
            f"`fit` needs a size to fit images into; received fit={fit!r} for array:"
            f"{path}, whose images keep theirs. Give image_size (in a name: +size=64)."
        )


def _require_images(path, array):
    shape, dtype = array.shape, array.dtype
    if len(shape) == 4 and shape[3] not in CHANNELS and shape[1] in CHANNELS:
        raise unusable_array(
            path,
            f"its shape {shape} has the channels before height and width",
            "Put them last: numpy.moveaxis(images, 1, -1)",
        )
    has_channels = shape[3:] == () or shape[3] in CHANNELS
    if len(shape) not in (3, 4) or not has_channels or 0 in shape:
        raise unusable_array(path, f"its shape is {shape}", _advice_on_shape(shape))
    if shape[0] > MOST_IMAGES:
        raise unusable_array(
            path,
            f"it has {shape[0]:,} images, and {MOST_IMAGES:,} at most are served",
            "Leave some out",
        )
    if dtype != np.uint8 and dtype.kind not in "bf":
        rows = max(BYTES_AT_ONCE // size_of(shape[1:], dtype), 1)
        low, high = range_of(array.chunks(rows))
        advice = advice_on_range(low, high, is_whole=True)
        raise unusable_array(path, f"its type is {dtype}", advice)


def _advice_on_shape(shape):
    if 0 in shape:
        return "Save an array with something in it"
    if len(shape) == 4:
        few = "three, images[..., :3]" if shape[3] > 3 else "one, images[..., :1]"
        return f"Of its channels keep {few}"
    return "Reshape it, such as images.reshape(-1, 64, 64)"


def _exact(value):
    """A value in few digits, but never as a bound that it lies beyond."""
    value = float(value)
    text = f"{value:g}"
    return text if float(text) not in (0, 1) else f"{value:.9g}"
