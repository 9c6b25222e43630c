"""Which values are black and white, where files deeper than eight bits do not say."""

import math

import numpy as np

from keras_bvae.datasets.own.picture_options import range_in_text

# How far beyond its range a picture may go: sharpening and scaling overshoot.
_OVERSHOOT = 0.1
# Of values up to 65,535: brighter ones are no 14 bits or less in a deeper file.
_SURELY_DEEP = 16383
_WHOLE_RANGES = (1, 15, 255, 1023, 4095, 16383, 65535)


class SeenValues:
    """What is known of the values of some pictures of one kind.

    Attributes:
        least, most: float, the extremes; 0 before anything was seen.
    """

    def __init__(self):
        self.least, self.most = math.inf, -math.inf
        self._bits, self._are_doubled = 0, True

    def add(self, values):
        """Looks at an array of numbers."""
        if not values.size:
            return
        self.least = min(self.least, float(values.min()))
        self.most = max(self.most, float(values.max()))
        if values.dtype.kind not in "iu" or values.dtype.itemsize < 2:
            return
        self._bits |= int(np.bitwise_or.reduce(values, axis=None))
        if self._are_doubled:
            self._are_doubled = not np.any(values % values.dtype.type(257))

    def join(self, others):
        """Adds what was seen of other pictures."""
        self.least = min(self.least, others.least)
        self.most = max(self.most, others.most)
        self._bits |= others._bits
        self._are_doubled &= others._are_doubled

    @property
    def are_bytes(self):
        """Whether all are 8 bits made 16: as the upper byte, or as both."""
        return self._bits & 0xFF == 0 or self._are_doubled

    def fill_16_bits(self, significant):
        """Whether values with so many significant bits are scaled, as PNG asks."""
        is_shifted = self._bits & ((1 << (16 - significant)) - 1) == 0
        return is_shifted or self.most >= 1 << significant


def settled_range(seen, depth):
    """The range of pictures that do not tell it in so many words.

    Args:
        seen: `SeenValues` of them.
        depth: `Depth` that they have in common.

    Returns:
        `(black, white)`; None where it is not to be known.
    """
    if depth.significant and depth.significant < 16:
        is_filled = seen.fill_16_bits(depth.significant)
        return (0.0, 65535.0 if is_filled else float(2**depth.significant - 1))
    if is_outside(seen, depth):
        return None
    is_told = depth.declared or depth.kind in ("float", "int8")
    if is_told or seen.most > _SURELY_DEEP or seen.most <= 0 or seen.are_bytes:
        return depth.value_range
    return None


def is_outside(seen, depth):
    """Whether values go beyond the range of their `Depth`, sharpening aside."""
    low, high = depth.value_range
    is_rough = depth.kind == "float" or depth.declared
    slack = _OVERSHOOT * (high - low) if is_rough else 0
    return seen.least < low - slack or seen.most > high + slack


def likely_range(seen, depth):
    """The range that such values probably have, for advice: `(black, white)`."""
    if seen.least >= 0 and (depth.kind != "float" or seen.most > 1 + _OVERSHOOT):
        for white in _WHOLE_RANGES:
            if seen.most <= white and (depth.kind != "float" or white >= 255):
                return (0.0, float(white))
    if depth.kind == "float" and max(-seen.least, seen.most) <= 1 + _OVERSHOOT:
        return (-1.0, 1.0)
    return (float(math.floor(seen.least)), float(math.ceil(seen.most)))


def doubt(seen, depth, which, is_alone=False):
    """What to say of pictures whose range is not to be known.

    Args:
        seen: `SeenValues`.
        depth: `Depth`.
        which: str, the pictures, as "a.tif" or "3 pictures such as a.tif".
        is_alone: bool, whether it is a single file, none of a folder.

    Returns:
        str: the rule, what arrived and what to do.
    """
    found = range_in_text((seen.least, seen.most)).replace(":", " to ")
    likely = range_in_text(likely_range(seen, depth))
    in_python = f"value_range=({likely.replace(':', ', ')}) in Python"
    advice = f"Say it: +range={likely} behind the name, {in_python}"
    if is_alone:
        advice = f"Save it with 8 bits, or say it: {in_python}"
    elif not is_outside(seen, depth):
        usual = range_in_text(depth.value_range)
        advice += f", or +range={usual} to leave them that dark"
    return (
        "Pictures deeper than 8 bits must say which values are black and white; "
        f"received {which}, with values from {found} and nothing that tells. {advice}."
    )
