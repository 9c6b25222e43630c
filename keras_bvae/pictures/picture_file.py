"""Pictures and animations as files, PNG or GIF, written whole."""

import io
import os
from pathlib import Path

import numpy as np
from PIL import Image

from keras_bvae.pictures.animation import Animation
from keras_bvae.whole_file import FileNotWritten, whole_file

PICTURE_ENDINGS = (".png", ".gif")
# A GIF's palette is learned from at most this many frames, spread over the loop.
_PALETTE_FRAMES = 8


def save_picture(picture, path):
    """Writes a picture or an animation, whole or not at all.

    Args:
        picture: PIL.Image.Image, or Animation (`.gif` only).
        path: str or path; its ending, `.png` or `.gif`, says the format. An existing
            file is replaced.

    Raises:
        ValueError: another ending, or an animation that should become a PNG.
        OSError: the folder does not exist, or the file cannot be written there.
    """
    path = Path(path)
    require_picture_path(path)
    is_animation = isinstance(picture, Animation)
    if is_animation and path.suffix.lower() != ".gif":
        raise ValueError(
            f"An animation must be saved as .gif; received {str(path)!r}. "
            "End the name in .gif, or draw a still picture with `traversal_picture`."
        )
    frames = picture.frames if is_animation else (picture,)
    milliseconds = picture.frame_milliseconds if is_animation else 0
    if path.suffix.lower() == ".png":
        content = _png_bytes(frames[0])
    else:
        content = _gif_bytes(frames, milliseconds)
    _write_whole(content, path)


def require_picture_path(path):
    """Raises unless a picture could be saved there; call it before the slow part.

    Args:
        path: str or path.

    Raises:
        ValueError: the ending is neither `.png` nor `.gif`.
        OSError: the folder does not exist or cannot be written, or the path is a folder
            itself.
    """
    path = Path(path)
    if path.suffix.lower() not in PICTURE_ENDINGS:
        raise ValueError(
            f"A picture's name must end in .png or .gif; received {str(path)!r}. "
            "Use .png for a still picture, .gif for an animation."
        )
    if path.is_dir():
        raise IsADirectoryError(
            f"A picture's path must name a file; received the folder {str(path)!r}. "
            "Add a file name to it."
        )
    if not path.parent.is_dir():
        raise FileNotFoundError(
            "A picture's folder must exist; received "
            f"{str(path)!r}, whose folder {str(path.parent)!r} is not there. "
            "Create it first, or choose another path."
        )
    if not os.access(path.parent, os.W_OK):
        raise PermissionError(
            "A picture's folder must be writable; received "
            f"{str(path)!r}, whose folder {str(path.parent)!r} is not. "
            "Choose another folder or change its permissions."
        )


def _png_bytes(picture):
    stream = io.BytesIO()
    picture.save(stream, format="PNG", optimize=True)
    return stream.getvalue()


def _gif_bytes(frames, milliseconds):
    frames = [frame.convert("RGB") for frame in frames]
    palette = _shared_palette(frames)
    first, *others = (
        frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames
    )
    stream = io.BytesIO()
    # loop=0 means for ever.
    first.save(
        stream,
        format="GIF",
        save_all=True,
        append_images=others,
        duration=milliseconds,
        loop=0,
    )
    return stream.getvalue()


def _shared_palette(frames):
    """One palette for all frames, for colours that change by frame would flicker."""
    chosen = np.unique(np.linspace(0, len(frames) - 1, _PALETTE_FRAMES).round())
    stack = np.concatenate(
        [np.asarray(frames[int(at)].convert("RGB")) for at in chosen]
    )
    return Image.fromarray(stack).quantize(256, method=Image.Quantize.MEDIANCUT)


def _write_whole(content, path):
    try:
        with whole_file(path) as partial:
            partial.write_bytes(content)
    except FileNotWritten:  # says it all
        raise
    except OSError as error:
        raise type(error)(
            f"A picture's path must be writable; received {str(path)!r}, which is not: "
            f"{error.strerror}. Choose another path or change the folder's permissions."
        ) from error
