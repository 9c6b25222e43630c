"""A traversal as an animation, all latents side by side."""

from dataclasses import dataclass

from keras_bvae.latents.latent_label import kl_text
from keras_bvae.pictures.films.animation_layout import (
    LARGEST_TILE,
    animation_layout,
    animation_scale,
    name_text,
)
from keras_bvae.pictures.sheets.page import (
    ACCENT,
    FAINT_INK,
    INK,
    MARGIN,
    RULE,
    Page,
)
from keras_bvae.pictures.sheets.traversal_picture import range_text, traversal_header
from keras_bvae.pictures.sheets.typeface import (
    SMALL_SIZE,
    line_height,
)

_HEADER_GAP = 14
_KNOB_SIZE = 12
# There and back in four seconds: slow enough to follow one latent, short enough to
# wait for all of them.
_CYCLE_MILLISECONDS = 4000
# Browsers slow a GIF down whose frames are shorter than this.
_SHORTEST_FRAME_MILLISECONDS = 20


@dataclass(frozen=True)
class Animation:
    """Pictures to be shown one after the other, for ever.

    Attributes:
        frames: tuple of PIL.Image.Image in mode RGB, all of one size.
        frame_milliseconds: int, a multiple of 10, the finest that a GIF can say.
    """

    frames: tuple
    frame_milliseconds: int


def traversal_animation(traversal, title="", subtitle="", image=None, scale=None):
    """Sweeps all latents at once, back and forth, each in a tile of its own.

    Args:
        traversal: Traversal; about 25 steps look smooth.
        title, subtitle, image, scale: as for `traversal_picture`; without a scale a
            tile has up to 128 pixels.

    Returns:
        Animation, of `2 * steps - 2` frames.
    """
    if scale is None:
        traversal = traversal.reduced(LARGEST_TILE)
        scale = animation_scale(traversal)
    lines = (subtitle, range_text(traversal))
    header = traversal_header(traversal, title, lines, image, max(1, scale // 2))
    layout = animation_layout(traversal, MARGIN + header.height + _HEADER_GAP, scale)
    order = there_and_back(traversal.images.shape[1])
    frames = tuple(_frame(traversal, header, layout, step) for step in order)
    return Animation(frames, frame_pace(len(frames)))


def there_and_back(steps):
    """Steps forth and back such that a loop shows each end once before it turns.

    Args:
        steps: int, at least 2.

    Returns:
        list of int, length `2 * steps - 2`; the last one leads to the first.
    """
    return [*range(steps), *range(steps - 2, 0, -1)]


def frame_pace(frames):
    """Milliseconds a frame for which so many of them take four seconds, if they can.

    Args:
        frames: int, at least 1.

    Returns:
        int, a multiple of 10.
    """
    in_tens = round(_CYCLE_MILLISECONDS / frames / 10) * 10
    return max(_SHORTEST_FRAME_MILLISECONDS, in_tens)


def _frame(traversal, header, layout, step):
    page = Page(header.page_width(layout.width), layout.height)
    header.draw(page, MARGIN, MARGIN, page.width - 2 * MARGIN)
    _draw_bar(page, traversal, layout, step)
    for position in range(len(traversal.latents)):
        _draw_label(page, traversal, layout, position)
        corner = layout.tile_corner(position)
        page.tile(*corner, traversal.images[position, step], layout.scale)
    return page.picture


def _draw_bar(page, traversal, layout, step):
    """Draws the position in the sweep, and what it is called at the right."""
    right = page.width - MARGIN
    width = right - MARGIN - layout.heading_width - _KNOB_SIZE
    page.box(MARGIN, layout.bar_top, width, layout.bar_height, RULE)
    last_step = traversal.images.shape[1] - 1
    knob_x = MARGIN + round((width - _KNOB_SIZE) * step / last_step)
    knob_y = layout.bar_top + (layout.bar_height - _KNOB_SIZE) // 2
    page.box(knob_x, knob_y, _KNOB_SIZE, _KNOB_SIZE, ACCENT)
    text_y = layout.bar_top + (layout.bar_height - line_height(SMALL_SIZE)) // 2
    heading = traversal.sweep.headings[step]
    page.text(right, text_y, heading, SMALL_SIZE, FAINT_INK, align="right")


def _draw_label(page, traversal, layout, position):
    color = INK if traversal.active[position] else FAINT_INK
    x, y = layout.label_corner(position)
    right = x + layout.cell_width
    page.text(x, y, name_text(traversal, position), color=color)
    kl = kl_text(traversal.kl[position])
    page.text(right, y, kl, color=color, align="right")
