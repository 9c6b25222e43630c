"""Pictures that lie in the page itself, none too large for it."""

import base64
import io
import math
import tempfile
from pathlib import Path

from PIL import Image

from keras_bvae.pictures import Animation, save_picture
from keras_bvae.report.page import Picture

# Bytes. With base64, which adds a third, ten stills and a film stay below 8 MB, so that
# a report stays below 10 MB whatever the images are.
LARGEST_STILL = 450_000
LARGEST_FILM = 1_500_000
# Bytes go with the area, roughly: a picture that is too large is drawn smaller by this
# much more than that asks for, so that it rarely takes a second time.
_SHRINK_FURTHER = 0.95
# At which the text of a plot, of 10 points mostly, is as large as that around it.
_PIXELS_AN_INCH = 110
# Screens of phones and of most new laptops have two pixels or more for a CSS pixel.
_PIXEL_RATIO = 2


def embedded_figure(figure, description, caption="", vector=True):
    """A Matplotlib figure as a picture of the page.

    Args:
        figure: `matplotlib.figure.Figure`.
        description: str, for those who cannot see it.
        caption: str.
        vector: bool, whether it is lines and text, which are sharp at any size.

    Returns:
        `Picture`, SVG if asked for and small enough, else PNG for fine screens.
    """
    pixels_an_inch = _PIXELS_AN_INCH if vector else figure.dpi
    size = [round(pixels_an_inch * inches) for inches in figure.get_size_inches()]
    if vector:
        content = _saved(figure, "svg")
        if len(content) <= LARGEST_STILL:
            source = _address("image/svg+xml", content)
            return Picture(source, description, caption, *size)
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=_PIXEL_RATIO * pixels_an_inch)
    with Image.open(stream, formats=["PNG"]) as picture:
        content = _still_bytes(picture.convert("RGB"))
    return Picture(_address("image/png", content), description, caption, *size)


def embedded_sheet(sheet, description, caption=""):
    """A sheet of tiles and text, drawn for fine screens, as a picture of the page.

    Args:
        sheet: `keras_bvae.pictures.Sheet`.
        description, caption: str.

    Returns:
        `Picture`, PNG.
    """
    return embedded_figure(sheet.figure(), description, caption, vector=False)


def embedded_film(animation, description, caption=""):
    """An animation as a picture of the page that moves.

    Args:
        animation: `keras_bvae.pictures.Animation`.
        description, caption: str.

    Returns:
        `Picture`, GIF.
    """
    width, height = animation.frames[0].size
    frames = animation.frames
    content = _saved(animation, "gif")
    while len(content) > LARGEST_FILM:
        excess = len(content) / LARGEST_FILM
        frames = [_shrunk(frame, excess) for frame in frames]
        smaller = Animation(tuple(frames), animation.frame_milliseconds)
        content = _saved(smaller, "gif")
    return Picture(_address("image/gif", content), description, caption, width, height)


def _still_bytes(image):
    """PNG of at most `LARGEST_STILL` bytes: in fewer colours, then smaller."""
    content = _png(image)
    if len(content) > LARGEST_STILL:
        content = _png(_in_few_colours(image))
    while len(content) > LARGEST_STILL:
        image = _shrunk(image, len(content) / LARGEST_STILL)
        content = _png(_in_few_colours(image))
    return content


def _in_few_colours(image):
    return image.quantize(256, method=Image.Quantize.MEDIANCUT, dither=0)


def _shrunk(image, excess):
    """The image with fewer pixels, by how many times too large its file is."""
    factor = _SHRINK_FURTHER / math.sqrt(excess)
    size = [max(1, round(factor * side)) for side in image.size]
    return image.convert("RGB").resize(size, Image.Resampling.LANCZOS)


def _png(image):
    stream = io.BytesIO()
    image.save(stream, format="PNG")
    return stream.getvalue()


def _saved(picture, ending):
    """The bytes of the file that `save_picture` writes."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"picture.{ending}"
        save_picture(picture, file)
        return file.read_bytes()


def _address(kind, content):
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
