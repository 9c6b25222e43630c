"""A folder of pictures as a data set."""

import os
import pathlib
import threading
import warnings

import numpy as np

from keras_bvae.datasets.images import require_image_size
from keras_bvae.datasets.own.factor_file import factors_of_files
from keras_bvae.datasets.own.image_file import central_square, decoded_picture
from keras_bvae.datasets.own.picture_survey import (
    picture_files,
    survey,
    version_of_folder,
    why_unreadable,
)
from keras_bvae.datasets.storage.stored_images import StoredImages
from keras_bvae.errors import InvalidValue, NotAFolder, Unusable

FACTORS = "factors.csv"
IMAGES_AT_ONCE = 64
MOST_NAMED = 3
# JPEGs are read at no less than this many times the size that is asked for: what is
# left to scaling keeps it as sharp and as free of aliasing as from the whole.
LEAST_READ = 2


class ImageFolder(StoredImages):
    """Every picture of a folder and those below it, cut and scaled to one square.

    Of each the largest square in its middle is kept and scaled (antialiased). Images
    are greyscale where no file's mode can show colour, else RGB; transparent parts are
    black, 16 bits become 8, the camera's rotation mark is obeyed. They are in natural
    order of their names. `factors.csv` in the folder, with a column `file`, makes the
    factors: see `factors_of_files`.

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

    Raises:
        OSError: there is no such folder, or it cannot be listed.
        ValueError: it holds no pictures, one that cannot be read, or a `factors.csv`
            that does not fit; image_size is out of range.
    """

    def __init__(self, path, image_size=64, greyscale=False, skip_corrupt=False):
        require_image_size(f"images:{path}", image_size)
        self.folder = pathlib.Path(os.path.expanduser(path))
        self._found = _files_of(self.folder)
        self._skips = skip_corrupt
        self._skipped = None if skip_corrupt else {}
        self._factors = None
        self._known_version = None
        self._settling = threading.Lock()
        seen = survey(self.folder, self._found)
        if not skip_corrupt:
            self._require_readable(seen.unreadable)
        self.greyscale = bool(greyscale) or not seen.has_colour
        super().__init__(
            f"images:{path}",
            (image_size, image_size, 1 if self.greyscale else 3),
            count=len(self._found),
            description="pictures of a folder, the middle square of each",
            source=self.folder,
        )
        if not skip_corrupt:
            self._read_factors()

    @property
    def skipped(self):
        """Dict: names of the files left out, and why; empty without `skip_corrupt`."""
        self._settle()
        return dict(self._skipped)

    @property
    def files(self):
        """Names of the images' files below the folder, in the order of the images."""
        self._settle()
        return [name for name in self._found if name not in self._skipped]

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
        self._settle()
        return len(self._found) - len(self._skipped)

    def prepare(self, progress=None):
        count = len(self._found)
        if self._skipped is None and progress is not None:
            # Everything is read twice; one bar shows both.
            self._settle(lambda done, _: progress(done, 2 * count))
            super().prepare(
                lambda done, total: progress(2 * count - total + done, 2 * count)
            )
        else:
            super().prepare(progress)

    def _settle(self, progress=None):
        """Finds out which files to leave out, if that is what was asked for."""
        with self._settling:
            if self._skipped is not None:
                return
            seen = survey(self.folder, self._found, decode=True, progress=progress)
            if len(seen.unreadable) == len(self._found):
                self._require_readable(seen.unreadable)
            self._skipped = seen.unreadable
            if seen.unreadable:
                warnings.warn(
                    f"{self.name}: {_counted(seen.unreadable)} cannot be read and "
                    f"will be left out ({_named(seen.unreadable)}).",
                    RuntimeWarning,
                    stacklevel=3,
                )
            self._read_factors()

    def _read_factors(self):
        table = self.folder / FACTORS
        if table.exists():
            files = [name for name in self._found if name not in self._skipped]
            self._factors = factors_of_files(table, files, self._skipped)

    def _version(self):
        # Once: asking a hundred thousand files takes a second. Should they change while
        # they are read, the next to ask sees another version, and reads them again.
        if self._known_version is None:
            self._known_version = version_of_folder(self.folder, self.files)
        return self._known_version

    def _read_images(self):
        files, images, unreadable = self.files, [], {}
        for name in files:
            try:
                image = self._image(name)
            except (ValueError, FileNotFoundError) as error:
                unreadable[name] = why_unreadable(error, self.folder / name)
            # After the first bad file the rest is read to name them all at once.
            if unreadable:
                continue
            images.append(image)
            if len(images) == IMAGES_AT_ONCE:
                yield np.stack(images)
                images = []
        self._require_readable(unreadable)
        if images:
            yield np.stack(images)

    def _read_few(self, indices):
        files = self.files
        try:
            images = [self._image(files[index]) for index in indices]
        except (ValueError, FileNotFoundError):
            return None  # reading all of them names every damaged one
        return np.stack(images) if images else np.empty((0, *self.image_shape), "u1")

    def _image(self, name):
        size, _, channels = self.image_shape
        picture = decoded_picture(self.folder / name, channels, LEAST_READ * size)
        return central_square(picture, size)

    def _require_readable(self, unreadable):
        if unreadable:
            raise InvalidValue(
                f"Every picture of a folder must be readable; received {self.folder}, "
                f"where {_counted(unreadable)} cannot be read "
                f"({_named(unreadable)}). Remove or replace them, or ask for the "
                "others alone with skip_corrupt=True (in a name: +skip-corrupt)."
            )


def _files_of(folder):
    if not folder.is_dir():
        raise NotAFolder(
            f"`images:` must be followed by a folder that exists; received {folder}. "
            "Check the path."
        )
    try:
        found = picture_files(folder)
    except OSError as error:
        raise Unusable(
            f"A folder of pictures must be readable; received {folder}, where "
            f"{error.filename} is not ({error.strerror}). Change its rights."
        ) from error
    if not found:
        raise InvalidValue(
            "A folder of pictures must hold some, such as PNG or JPEG files; received "
            f"{folder}, which holds none, nor do the folders in it. Check the path."
        )
    return found


def _counted(unreadable):
    return "1 file" if len(unreadable) == 1 else f"{len(unreadable):,} files"


def _named(unreadable):
    first = list(unreadable.items())[:MOST_NAMED]
    more = ", …" if len(unreadable) > MOST_NAMED else ""
    return ", ".join(f"{name}: {reason}" for name, reason in first) + more
