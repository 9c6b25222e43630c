"""Several pages or animations as one, each below the one before."""

from PIL import Image

from keras_bvae.pictures.films.animation import Animation
from keras_bvae.pictures.sheets.page import PAPER, Page


def stacked_pages(pages):
    """One page that holds others, each below the one before.

    Args:
        pages: Page each, at least one.

    Returns:
        Page, as wide as the widest.
    """
    stack = Page(max(page.width for page in pages), sum(page.height for page in pages))
    top = 0
    for page in pages:
        stack.place(page, 0, top)
        top += page.height
    return stack


def stacked_animations(animations):
    """One animation that shows others at once, each below the one before.

    Args:
        animations: Animation each, at least one, of as many frames and one pace.

    Returns:
        Animation, as wide as the widest.
    """
    each_moment = zip(*(film.frames for film in animations), strict=True)
    frames = tuple(_stacked(frames) for frames in each_moment)
    return Animation(frames, animations[0].frame_milliseconds)


def _stacked(pictures):
    width = max(picture.width for picture in pictures)
    height = sum(picture.height for picture in pictures)
    stack = Image.new("RGB", (width, height), PAPER)
    top = 0
    for picture in pictures:
        stack.paste(picture, (0, top))
        top += picture.height
    return stack
