"""Pictures that follow each other in a loop, and their pace."""

from dataclasses import dataclass

from PIL import Image

from keras_bvae.pictures.colors import PAPER

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
