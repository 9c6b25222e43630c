"""The top of a picture: title, what it shows, the image it starts from."""

from dataclasses import dataclass

from keras_bvae.pictures.sheets.page import (
    FAINT_INK,
    MARGIN,
)
from keras_bvae.pictures.sheets.typeface import (
    LABEL_SIZE,
    SMALL_SIZE,
    TITLE_SIZE,
    line_height,
    shortened,
    text_width,
)

_PICTURE_GAP = 14
_CAPTION_GAP = 3
_TITLE_GAP = 5
# A page grows to this width for its text; a longer line is shortened.
_WIDEST_FOR_TEXT = 760


@dataclass(frozen=True)
class PageHeader:
    """Title and lines of text at the top of a page, beside captioned images.

    Attributes:
        title: str, may be empty.
        lines: tuple of str, printed smaller below the title; an empty one is left out.
        pictures: tuple of `(caption, image)`, image arrays of one shape.
        scale: int, how wide a pixel of those images is drawn.
    """

    title: str = ""
    lines: tuple = ()
    pictures: tuple = ()
    scale: int = 1

    @property
    def height(self):
        """Pixels, 0 for an empty header."""
        return max(self._text_height, self._pictures_height)

    def page_width(self, grid_width):
        """How wide a page must be for its grid, and if possible for all the text."""
        texts = [text_width(self.title, TITLE_SIZE)]
        texts += [text_width(line, LABEL_SIZE) for line in self.lines]
        needed = self.pictures_width + max(texts) + 2 * MARGIN
        return max(grid_width, min(needed, _WIDEST_FOR_TEXT))

    def draw(self, page, x, y, width):
        """Draws at `(x, y)`; text that is wider than what is left is shortened."""
        self._draw_pictures(page, x, y)
        text_x = x + self.pictures_width
        available = x + width - text_x
        text_y = y + (self.height - self._text_height) // 2
        if self.title:
            title = shortened(self.title, available, TITLE_SIZE)
            page.text(text_x, text_y, title, TITLE_SIZE)
            text_y += line_height(TITLE_SIZE) + _TITLE_GAP
        for line in self._printed_lines:
            line = shortened(line, available, LABEL_SIZE)
            page.text(text_x, text_y, line, LABEL_SIZE, FAINT_INK)
            text_y += line_height(LABEL_SIZE)

    @property
    def _printed_lines(self):
        return tuple(line for line in self.lines if line)

    @property
    def _text_height(self):
        title = line_height(TITLE_SIZE) + _TITLE_GAP if self.title else 0
        return title + line_height(LABEL_SIZE) * len(self._printed_lines)

    @property
    def _pictures_height(self):
        if not self.pictures:
            return 0
        tallest = max(image.shape[0] for _, image in self.pictures)
        return self.scale * tallest + _CAPTION_GAP + line_height(SMALL_SIZE)

    @property
    def pictures_width(self):
        """Pixels of the images side by side, with a gap behind each."""
        columns = (self._column_width(*picture) for picture in self.pictures)
        return sum(columns) + _PICTURE_GAP * len(self.pictures)

    def _column_width(self, caption, image):
        return max(self.scale * image.shape[1], text_width(caption, SMALL_SIZE))

    def _draw_pictures(self, page, x, y):
        for caption, image in self.pictures:
            height, width = (self.scale * side for side in image.shape[:2])
            column = self._column_width(caption, image)
            page.tile(x + (column - width) // 2, y, image, self.scale)
            page.text(
                x + column // 2,
                y + height + _CAPTION_GAP,
                caption,
                SMALL_SIZE,
                FAINT_INK,
                align="center",
            )
            x += column + _PICTURE_GAP
