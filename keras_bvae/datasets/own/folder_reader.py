"""Images from the picture files of a folder."""

from keras_bvae.datasets.own.image_file import decoded_page, open_picture
from keras_bvae.datasets.own.picture_fit import fitted
from keras_bvae.datasets.own.picture_pages import open_page, turned_pages
from keras_bvae.errors import InvalidValue, Misuse

# JPEGs are read at no less than this many times the size that is asked for: what is
# left to scaling keeps it as sharp and as free of aliasing as from the whole.
LEAST_READ = 2
# What reading a file fails with.
UNREADABLE = (Misuse, ValueError, OSError)


class FolderReader:
    """Reads pictures of a folder, each fitted to one size.

    Args:
        folder: Path.
        size: `(height, width)` of an image in pixels.
        channels: 1, 3 or 4.
        options: `PictureOptions`.
        ranges: dict of `Survey`, the black and white of pictures of a `Depth`.
    """

    def __init__(self, folder, size, channels, options, ranges):
        self._folder, self._size, self._channels = folder, size, channels
        self._options, self._ranges = options, ranges

    def image(self, name, page):
        """The image of one page of a file: uint8 `(height, width, channels)`."""
        path = self._folder / name
        most, enough = self._options.max_pixels, LEAST_READ * max(self._size)
        with open_page(path, page, most, enough) as opened:
            picture = self._decoded(opened, path)
        del opened  # large ones are gone before a part is cut out
        return self._fitted(picture)

    def images(self, name, pages):
        """Yields the images of a file's pages, which is opened once.

        Args:
            name: str.
            pages: list of int, the numbers of the pages that it had.

        Raises:
            InvalidValue: it is damaged, or has other pages than it had.
        """
        if len(pages) == 1:
            yield self.image(name, *pages)
            return
        path, found = self._folder / name, []
        with open_picture(path, self._options.max_pixels) as opened:
            for page in turned_pages(opened, path, self._options.max_pixels):
                found.append(page)
                yield self._fitted(self._decoded(opened, path))
        if found != list(pages):
            raise InvalidValue(f"it had {len(pages):,} pages and has {len(found):,}")

    def _fitted(self, picture):
        return fitted(picture, self._size, self._options.fit, self._options.on)

    def _decoded(self, opened, path):
        return decoded_page(opened, path, self._channels, self._options, self._ranges)
