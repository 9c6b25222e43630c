"""A folder of pictures as a data set."""

import os
import pathlib
import threading
import warnings

import numpy as np

from keras_bvae.datasets.images import require_image_size
from keras_bvae.datasets.own.factor_file import factors_of_files
from keras_bvae.datasets.own.folder_reader import UNREADABLE, FolderReader
from keras_bvae.datasets.own.picture_files import (
    passed_over_in_words,
    require_pictures,
)
from keras_bvae.datasets.own.picture_options import MOST_PIXELS, PictureOptions
from keras_bvae.datasets.own.picture_pages import place_in_words
from keras_bvae.datasets.own.picture_survey import (
    SURVEY_VERSION,
    survey,
    unreadable_in_words,
    version_of_folder,
    why_unreadable,
)
from keras_bvae.datasets.storage.stored_images import StoredImages
from keras_bvae.errors import InvalidValue, printable
from keras_bvae.files.reading import require_regular_file

FACTORS = "factors.csv"
IMAGES_AT_ONCE = 64


class ImageFolder(StoredImages):
    """Every picture of a folder and those below it, cut and scaled to one square.

    Of each the largest square in its middle is kept and scaled (antialiased). Images
    are greyscale where no file's mode can show colour, else RGB; the camera's rotation
    mark is obeyed. They are in natural order of their names, see `find_pictures`; each
    page of a TIFF stack is an image. `factors.csv` in the folder, with a column `file`,
    makes the factors: see `factors_of_files`.

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
        image_size: int, height and width in pixels, 8 … 512.
        greyscale: True makes greyscale of colour.
        skip_corrupt: whether to go on without the files that cannot be read.
        value_range, on, max_pixels: see `PictureOptions`.

    Raises:
        OSError: there is no such folder, or it cannot be listed.
        ValueError: it holds no pictures, one that cannot be read, or a `factors.csv`
            that does not fit; which values are black and white is not to be known; an
            argument is out of range.
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
    ):
        require_image_size(f"images:{path}", image_size)
        self.options = PictureOptions(value_range, on, max_pixels)
        self.folder = pathlib.Path(os.path.expanduser(path))
        self._found, passed_over = require_pictures(self.folder)
        self._factors = None
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
        self.greyscale = bool(greyscale) or not seen.has_colour
        super().__init__(
            f"images:{path}",
            (image_size, image_size, 1 if self.greyscale else 3),
            count=self._most_images,
            description="pictures of a folder, the middle square of each",
            source=self.folder,
        )
        self._tell(passed_over, seen)
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

    def _tell(self, passed_over, seen):
        """What is worth a warning."""
        if passed_over:
            self._warn(f"left out: {passed_over_in_words(passed_over)}.")
        if seen.films:
            files = "1 animation" if seen.films == 1 else f"{seen.films:,} animations"
            self._warn(f"of {files} only the first picture is read.")
        if seen.oddity:
            self._warn(seen.oddity)

    def _warn(self, text):
        message = printable(f"{self.name}: {text}")
        warnings.warn(message, RuntimeWarning, stacklevel=4)

    def _read_factors(self):
        table = self.folder / FACTORS
        if table.exists():
            require_regular_file(table, "A table of factors")
            seen = self._survey
            stacks = {
                name: [place_in_words(name, page, True) for page in pages]
                for name, pages in seen.pages.items()
            }
            files = [name for name in self._found if name not in seen.unreadable]
            self._factors = factors_of_files(table, files, seen.unreadable, stacks)

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
        size, _, channels = self.image_shape
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
