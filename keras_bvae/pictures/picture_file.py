"""Pictures as files: what format an ending asks for, and whether it can be written."""

import io
import os
from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from PIL import Image

from keras_bvae.errors import (
    InvalidType,
    InvalidValue,
    IsAFolder,
    KerasBVAEError,
    MissingFile,
    NotPermitted,
    Unusable,
)
from keras_bvae.files.whole_file import whole_file
from keras_bvae.pictures.films.animation import Animation
from keras_bvae.pictures.films.animation_file import (
    require_mp4_writer,
    write_gif,
    write_mp4,
    write_webp,
)
from keras_bvae.pictures.sheets.marks import Tile, figure_of

PICTURE_ENDINGS = (".png", ".gif", ".webp", ".pdf", ".svg", ".mp4")
_WRITERS = {".gif": write_gif, ".webp": write_webp, ".mp4": write_mp4}
_STILL_ONLY = (".png", ".pdf", ".svg")
_VECTOR = (".pdf", ".svg")
# What would make two files of one figure differ: the time, and random names in SVG.
_METADATA = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}
# Fonts travel inside a PDF as they are; in SVG letters are outlines, for a browser may
# lack the font and then lets words run into each other.
_SETTINGS = {"pdf.fonttype": 42, "svg.fonttype": "path", "svg.hashsalt": "keras_bvae"}


def save_picture(picture, path):
    """Writes a picture or an animation, whole or not at all.

    Args:
        picture: Sheet or matplotlib.figure.Figure, whose text stays text in .pdf and
            is an outline in .svg; PIL.Image.Image; or Animation.
        path: str or path; its ending says the format: .png, .pdf or .svg for a still
            picture, .gif or .webp for both, .mp4 for an animation. An existing file is
            replaced.

    Raises:
        ValueError: another ending, an animation in a format of stills, or a still
            picture as .mp4.
        TypeError: it is none of these pictures.
        OSError: the folder does not exist, or the file cannot be written there.
        ModuleNotFoundError: .mp4 without imageio-ffmpeg.
    """
    path = Path(path)
    _require_picture(picture)
    require_picture_path(path, animated=isinstance(picture, Animation))
    try:
        with whole_file(path) as partial:
            _write(picture, partial)
    except KerasBVAEError:  # says it all
        raise
    except OSError as error:
        raise (NotPermitted if isinstance(error, PermissionError) else Unusable)(
            f"A picture's path must be writable; received {str(path)!r}, which is not: "
            f"{error.strerror or error}. Choose another path or change the folder's "
            "permissions."
        ) from error


def require_picture_path(path, animated=None):
    """Raises unless a picture could be saved there; call it before the slow part.

    Args:
        path: str or path.
        animated: bool, whether an animation will be saved; None: not known yet.

    Raises:
        ValueError: the ending is none of `PICTURE_ENDINGS`, or does not go with what
            will be saved.
        OSError: the folder does not exist or cannot be written, or the path is a folder
            itself.
        ModuleNotFoundError: .mp4 without imageio-ffmpeg.
    """
    path = Path(path)
    if path.suffix.lower() not in PICTURE_ENDINGS:
        raise InvalidValue(
            f"A picture's name must end in {_either(PICTURE_ENDINGS)}; received "
            f"{str(path)!r}. Use .png for a still picture, .gif for an animation."
        )
    if animated is not None:
        _require_fitting_ending(animated, path)
    if path.suffix.lower() == ".mp4":
        require_mp4_writer()
    if path.is_dir():
        raise IsAFolder(
            f"A picture's path must name a file; received the folder {str(path)!r}. "
            "Add a file name to it."
        )
    if not path.parent.is_dir():
        raise MissingFile(
            "A picture's folder must exist; received "
            f"{str(path)!r}, whose folder {str(path.parent)!r} is not there. "
            "Create it first, or choose another path."
        )
    if not os.access(path.parent, os.W_OK):
        raise NotPermitted(
            "A picture's folder must be writable; received "
            f"{str(path)!r}, whose folder {str(path.parent)!r} is not. "
            "Choose another folder or change its permissions."
        )


def is_film_path(path):
    """Whether the ending asks for an animation where both could be drawn."""
    return Path(path).suffix.lower() in (".gif", ".mp4")


def write_figure(figure, path):
    """Writes a figure as .pdf or .svg, at its own size and on its own paper.

    Args:
        figure: matplotlib.figure.Figure.
        path: Path to write to; its ending says the format.
    """
    kind = path.suffix.lower().lstrip(".")
    with rc_context(_SETTINGS):
        figure.savefig(path, format=kind, dpi="figure", metadata=_METADATA[kind])


def figure_pixels(figure):
    """A figure as it looks at its own resolution.

    Args:
        figure: matplotlib.figure.Figure.

    Returns:
        PIL.Image.Image in mode RGB.
    """
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi="figure")
    with Image.open(stream, formats=["PNG"]) as picture:
        return picture.convert("RGB")


def _require_picture(picture):
    """A sheet is known by what it offers: it is built on this file."""
    if isinstance(picture, Animation | Figure | Image.Image):
        return
    if not hasattr(type(picture), "picture"):
        raise InvalidType(
            "A picture to save must be a Sheet, an Animation, a Matplotlib figure or a "
            f"PIL image; received {type(picture).__name__}. Draw it with "
            "keras_bvae.pictures or keras_bvae.figures."
        )


def _require_fitting_ending(is_animation, path):
    ending = path.suffix.lower()
    if is_animation and ending in _STILL_ONLY:
        raise InvalidValue(
            f"An animation must be saved as {_either(_WRITERS)}; received "
            f"{str(path)!r}. End the name in .gif, or draw a still picture."
        )
    if not is_animation and ending == ".mp4":
        raise InvalidValue(
            f"A still picture must not be saved as .mp4; received {str(path)!r}. "
            "End the name in .png or .pdf, or draw an animation."
        )


def _write(picture, path):
    ending = path.suffix.lower()
    if isinstance(picture, Animation):
        _WRITERS[ending](picture, path)
    elif ending in _VECTOR:
        write_figure(_as_figure(picture), path)
    elif ending == ".png":
        _as_pixels(picture).save(path, format="PNG", optimize=True)
    else:
        _WRITERS[ending](Animation((_as_pixels(picture),), 0), path)


def _as_figure(picture):
    if isinstance(picture, Figure):
        return picture
    if isinstance(picture, Image.Image):
        tile = Tile(0, 0, np.asarray(picture.convert("RGB")), scale=1)
        return figure_of([tile], *picture.size)
    return picture.figure()


def _as_pixels(picture):
    if isinstance(picture, Figure):
        return figure_pixels(picture)
    return picture if isinstance(picture, Image.Image) else picture.picture


def _either(endings):
    *others, last = endings
    return f"{', '.join(others)} or {last}"
