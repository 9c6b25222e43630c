"""Animations as files: GIF, WebP and MP4."""

import contextlib
import importlib.util

import numpy as np
from PIL import Image

from keras_bvae.errors import FilmNotWritten, MissingPackage
from keras_bvae.pictures.colors import (
    ACCENT,
    CATEGORY_COLORS,
    FAINT_INK,
    INK,
    PAPER,
    RULE,
    rgb_of,
)

# What sheets and films draw in; learned from coloured images, a palette would lose it.
_DRAWN_IN = (PAPER, INK, FAINT_INK, RULE, ACCENT, *map(rgb_of, CATEGORY_COLORS))
# The rest of a GIF's palette is learned from at most this many frames of the loop.
_PALETTE_FRAMES = 8
# An MP4 ends where a GIF begins again, so it shows the loop more than once.
_MP4_LOOPS = 2
# What a disk must still take that is not full.
_ROOM = 2**20
_MP4_QUALITY = 8  # of 10: labels stay sharp


def write_gif(animation, path):
    """Writes an animation that loops for ever, with one palette for all frames.

    Args:
        animation: Animation; a single frame becomes a still picture.
        path: Path to write to.
    """
    frames = [frame.convert("RGB") for frame in animation.frames]
    palette = _shared_palette(frames)
    first, *others = (
        frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames
    )
    # loop=0 means for ever.
    first.save(
        path,
        format="GIF",
        save_all=True,
        append_images=others,
        duration=animation.frame_milliseconds,
        loop=0,
    )


def write_webp(animation, path):
    """Writes an animation as WebP, every pixel as it is; see `write_gif`."""
    first, *others = animation.frames
    first.save(
        path,
        format="WEBP",
        lossless=True,
        save_all=True,
        append_images=others,
        duration=animation.frame_milliseconds,
        loop=0,
    )


def write_mp4(animation, path):
    """Writes an animation as H.264, which every browser and phone plays; twice round.

    Args:
        animation: Animation.
        path: Path to write to, which ends in .mp4.

    Raises:
        ModuleNotFoundError: imageio-ffmpeg is not installed.
        OSError: ffmpeg could not write the file, or the disk is full.
    """
    require_mp4_writer()
    import imageio_ffmpeg

    frames = [_even_sided(frame) for frame in animation.frames]
    width, height = frames[0].size
    writer = imageio_ffmpeg.write_frames(
        str(path),
        (width, height),
        fps=1000 / animation.frame_milliseconds,
        codec="libx264",
        quality=_MP4_QUALITY,
        macro_block_size=2,
        ffmpeg_log_level="quiet",
    )
    writer.send(None)
    shown = frames * _MP4_LOOPS
    with contextlib.suppress(OSError):  # ffmpeg has ended: what is there tells
        for frame in shown:
            writer.send(frame.tobytes())
    writer.close()
    _require_film(path, len(shown))


def require_mp4_writer():
    """Raises unless MP4 can be written; call it before the slow part.

    Raises:
        ModuleNotFoundError: imageio-ffmpeg is not installed.
    """
    if importlib.util.find_spec("imageio_ffmpeg") is None:
        raise MissingPackage(
            "An .mp4 is written with the package imageio-ffmpeg, which is not "
            'installed. Run `pip install "keras-bvae[video]"`, or use .gif.'
        )


def _require_film(path, count):
    """Raises unless a film plays to its end: ffmpeg says nothing of a full disk."""
    import imageio_ffmpeg

    try:
        found, _ = imageio_ffmpeg.count_frames_and_secs(str(path))
    except (OSError, RuntimeError):
        found = 0
    if found == count:
        return
    with open(path, "ab") as file:  # the disk's own words, if it is full
        file.write(bytes(_ROOM))
        file.flush()
    raise FilmNotWritten(
        f"A film must be written whole; ffmpeg wrote {found} of {count} frames. Try "
        "again, or use .gif."
    )


def _even_sided(frame):
    """The frame with an edge repeated where a side is odd: H.264 halves its colours."""
    pixels = np.asarray(frame.convert("RGB"))
    odd_rows, odd_columns = pixels.shape[0] % 2, pixels.shape[1] % 2
    padding = ((0, odd_rows), (0, odd_columns), (0, 0))
    return Image.fromarray(np.pad(pixels, padding, mode="edge"))


def _shared_palette(frames):
    """One palette for all frames, for colours that change by frame would flicker."""
    chosen = np.unique(np.linspace(0, len(frames) - 1, _PALETTE_FRAMES).round())
    stack = np.concatenate([np.asarray(frames[int(at)]) for at in chosen])
    learned = Image.fromarray(stack).quantize(
        256 - len(_DRAWN_IN), method=Image.Quantize.MEDIANCUT
    )
    palette = Image.new("P", (1, 1))
    colors = [*np.ravel(_DRAWN_IN).tolist(), *learned.getpalette()]
    palette.putpalette(colors[: 3 * 256])
    return palette
