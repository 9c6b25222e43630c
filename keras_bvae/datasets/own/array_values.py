"""What the values of an array say: how to bring them into range, and are they odd?"""

import numpy as np

# Images that are looked at.
MOST_LOOKED_AT = 16
# Of 255: images that do not get brighter are told of.
DIM = 31
# What cameras and scanners call white, by their number of bits.
_WHITES = (255, 1023, 4095, 16383, 65535)
# How far bicubic scaling leaves values outside.
_BEYOND = 0.25


def range_of(chunks):
    """The least and the greatest value, as floats, of an array that comes in pieces."""
    pairs = [(float(chunk.min()), float(chunk.max())) for chunk in chunks]
    return float(np.min(pairs)), float(np.max(pairs))


def advice_on_range(low, high, is_whole=False):
    """How to bring an array's values into the range of images.

    Args:
        low, high: float, the least and greatest of them.
        is_whole: bool, whether their type has whole numbers alone.

    Returns:
        str, a sentence.
    """
    if not np.isfinite([low, high]).all():
        return "Put numbers in the place of NaN and infinity, or leave those images out"
    if is_whole and low >= 0 and high <= 255:
        return "Save images.astype('uint8')"
    if not is_whole and low >= -_BEYOND and high <= 1 + _BEYOND:
        return "Save images.clip(0, 1)"
    if not is_whole and low >= -1.01 and high <= 1.01:
        return "Save (images + 1) / 2"
    if low >= 0:
        white = next((white for white in _WHITES if high <= white), None) or high
        return f"If {white:.9g} is white, save images / {white:.9g}"
    return (
        "Scale them, such as (images - images.min()) / (images.max() - images.min()) "
        "in float32"
    )


def oddity_of(images, white):
    """What is strange about some images of an array, and what to do.

    Args:
        images: NumPy array, the first axis that of images; their values as they lie in
            the file.
        white: 1 or 255, what is white among them.

    Returns:
        str, or "".
    """
    darkest, brightest = float(images.min()), float(images.max())
    # A float that is out of range is refused, and a 1 among bytes may be white.
    if not (darkest >= 0 and brightest <= white):
        return ""
    is_dim = brightest * 255 <= DIM * white and not (white == 255 and brightest == 1)
    if brightest == 0:
        return f"the brightest value of the images is 0 of {white}. {_LOOK}"
    if is_dim:
        return (
            f"the brightest value of the images is {brightest:.3g} of {white}. If it "
            f"is meant to be white, save images / {brightest:.9g}."
        )
    if darkest == white:
        return f"the images are white and nothing else. {_LOOK}"
    if len(images) > 1 and (images == images[:1]).all():
        return f"the images are all alike. {_LOOK}"
    return ""


_LOOK = "Look at them with `kbvae data`, and whether this is the right array."
