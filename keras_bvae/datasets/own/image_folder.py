"""A folder of pictures as a data set."""

import os
import pathlib
import threading
import warnings

import numpy as np

from keras_bvae.datasets.images import sides_of
from keras_bvae.datasets.own.folder_factors import (
    factors_of_folder,
    where_factors_go,
)
from keras_bvae.datasets.own.folder_reader import UNREADABLE, FolderReader
from keras_bvae.datasets.own.picture_files import require_pictures
from keras_bvae.datasets.own.picture_fit import fit_in_words
from keras_bvae.datasets.own.picture_options import (
    AS_THEY_ARE,
    FOLDERS,
    MOST_PIXELS,
    PictureOptions,
    require_channels,
)
from keras_bvae.datasets.own.picture_pages import place_in_words
from keras_bvae.datasets.own.picture_survey import (
    SURVEY_VERSION,
    survey,
    unreadable_in_words,
    version_of_folder,
    why_unreadable,
    worth_telling,
)
from keras_bvae.datasets.storage.stored_images import StoredImages
from keras_bvae.errors import InvalidValue, printable
from keras_bvae.rules import require_one_of

IMAGES_AT_ONCE = 64


class ImageFolder(StoredImages):
    """Every picture of a folder and those below it, fitted to one size.

    Of each the largest square in its middle is kept and scaled (antialiased), unless
    `fit` says else. Images are greyscale where no file's mode can show colour, else
    RGB; the camera's rotation mark is obeyed. They are in natural order of their names,
    see `find_pictures`; each page of a TIFF stack is an image. `factors.csv` in the
    folder, with a column `file`, makes the factors: see `factors_of_files`; and so do,
    with `folders`, the folders in it: see `factors_of_folder`.

    Files deeper than eight bits are scaled by what they tell of their range, else whole
    numbers by 65,535 and floating-point ones by 1. Where their values speak against
    that they are refused until `value_range` says what is black and white. Files that
    are passed over, and images that are all alike or dark, are told of by a warning.

    Files whose headers are unreadable are found at once, those with damaged pixels
    when all images are read, at the latest by `prepare`. One is enough to refuse the
    folder, as which images there are must not depend on when one looks. With
    `skip_corrupt` all of them are read first, as soon as it matters how many images
    there are, and the damaged ones left out with a warning.

    Args:
        path: the folder.
        image_size: int, height and width in pixels, or `(height, width)`, each
            8 … 512.
        greyscale: True makes greyscale of colour.
        skip_corrupt: whether to go on without the files that cannot be read.
        value_range, on, max_pixels, fit, channels: see `PictureOptions`.
        folders: "factor": the folders in it, whose names group the pictures, are the
            factor "folder", or, in each other, "folder_1", "folder_2" …; or None.

    Raises:
        OSError: there is no such folder, or it cannot be listed.
        ValueError: it holds no pictures, one that cannot be read, or a `factors.csv`
            or folders that do not fit; which values are black and white is not to be
            known; an argument is out of range.
    """

    def __init__(
        self,
        path,
        image_size=64,
        greyscale=False,
        skip_corrupt=False,
        value_range=None,
        on="black",
        max_pixels=MOST_PIXELS,
        fit="crop",
        channels=None,
        folders=None,
    ):
        sides = sides_of(f"images:{path}", image_size)
        self.options = PictureOptions(value_range, on, max_pixels, fit, channels)
        require_channels(channels, greyscale)
        if folders is not None:
            require_one_of("`folders`", folders, FOLDERS)
        self.folder = pathlib.Path(os.path.expanduser(path))
        self._found, passed_over = require_pictures(self.folder)
        self._factors, self._folders = None, folders
        self._known_version = self._known_places = None
        self._skips = skip_corrupt
        self._settling = threading.Lock()
        seen = survey(self.folder, self._found, options=self.options)
        if seen.doubt:
            raise InvalidValue(seen.doubt)
        if not skip_corrupt:
            self._require_readable(seen.unreadable)
        self._survey = None if skip_corrupt else seen
        self._ranges = seen.ranges
        pages = sum(map(len, seen.pages.values()))
        self._most_images = len(self._found) - len(seen.pages) + pages
        is_grey = bool(greyscale) or not seen.has_colour
        channels = channels or (1 if is_grey else 3)
        self.greyscale = channels == 1
        super().__init__(
            f"images:{path}",
            (*sides, channels),
            count=self._most_images,
            description=f"pictures of a folder, {fit_in_words(sides, fit)}",
            source=self.folder,
        )
        self.factors_from = where_factors_go(self.folder, self._found)
        for text in worth_telling(passed_over, seen):
            self._warn(text)
        if not skip_corrupt:
            self._read_factors()

    @property
    def skipped(self):
        """Dict: names of the files left out, and why; empty without `skip_corrupt`."""
        return dict(self._settle().unreadable) if self._skips else {}

    @property
    def files(self):
        """Names of the images' files below the folder, in the order of the images.

        A page of a stack is called "stack.tif[3]", counted from 0.
        """
        stacks = self._settle().pages
        return [
            place_in_words(name, page, name in stacks) for name, page in self._places()
        ]

    @property
    def factor_values(self):
        """Dict: for each factor the values in the table that its classes stand for."""
        self._settle()
        return {} if self._factors is None else self._factors.values

    @property
    def factor_space(self):
        self._settle()
        return None if self._factors is None else self._factors.space

    @factor_space.setter
    def factor_space(self, value):
        """`Dataset` sets None; the table says more, once the files are known."""

    def __len__(self):
        return len(self._places())

    def prepare(self, progress=None):
        both = len(self._found) + self._most_images
        if self._survey is None and progress is not None:
            # Everything is read twice; one bar shows both.
            self._settle(lambda done, _: progress(done, both))
            super().prepare(lambda done, total: progress(both - total + done, both))
        else:
            super().prepare(progress)

    def _settle(self, progress=None):
        """The survey that says which images there are; made now where that is new."""
        with self._settling:
            if self._survey is not None:
                return self._survey
            seen = survey(self.folder, self._found, True, progress, self.options)
            if len(seen.unreadable) == len(self._found):
                self._require_readable(seen.unreadable)
            self._survey = seen
            if seen.unreadable:
                left_out = unreadable_in_words(seen.unreadable, " and will be left out")
                self._warn(f"{left_out}.")
            self._read_factors()
            return seen

    def _places(self):
        """`(name, page)` of each image."""
        seen = self._settle()
        if self._known_places is None:
            self._known_places = [
                (name, page)
                for name in self._found
                if name not in seen.unreadable
                for page in seen.pages.get(name, (0,))
            ]
        return self._known_places

    def _warn(self, text):
        message = printable(f"{self.name}: {text}")
        warnings.warn(message, RuntimeWarning, stacklevel=3)

    def _read_factors(self):
        self._factors = factors_of_folder(
            self.folder, self._found, self._survey, self._folders
        )

    def _reading(self):
        return () if self.options == AS_THEY_ARE else (self.options,)

    def _version(self):
        # Once: asking a hundred thousand files takes a second. Should they change while
        # they are read, the next to ask sees another version, and reads them again.
        if self._known_version is None:
            files = version_of_folder(self.folder, self.files)
            ranges = sorted(self._ranges.items(), key=repr)
            reading = (SURVEY_VERSION, self.options, ranges)
            self._known_version = f"{reading!r} {files}"
        return self._known_version

    def _reader(self):
        *size, channels = self.image_shape
        return FolderReader(self.folder, size, channels, self.options, self._ranges)

    def _read_images(self):
        seen, reader, images, unreadable = self._settle(), self._reader(), [], {}
        for name in self._found:
            if name in seen.unreadable:
                continue
            try:
                for image in reader.images(name, seen.pages.get(name, [0])):
                    # After the first bad file the rest is read to name them all.
                    if unreadable:
                        continue
                    images.append(image)
                    if len(images) == IMAGES_AT_ONCE:
                        yield np.stack(images)
                        images = []
            except UNREADABLE as error:
                unreadable[name] = why_unreadable(error, self.folder / name)
        self._require_readable(unreadable)
        if images:
            yield np.stack(images)

    def _read_few(self, indices):
        images, places = [], self._places()
        try:
            for index in indices:
                images.append(self._reader().image(*places[index]))
        except UNREADABLE:
            return None  # reading all of them names every damaged one
        return np.stack(images) if images else np.empty((0, *self.image_shape), "u1")

    def _require_readable(self, unreadable):
        if unreadable:
            raise InvalidValue(
                f"Every picture of a folder must be readable; received {self.folder}, "
                f"where {unreadable_in_words(unreadable)}. Remove or replace them, or "
                "ask for the others alone with skip_corrupt=True (in a name: "
                "+skip-corrupt)."
            )
