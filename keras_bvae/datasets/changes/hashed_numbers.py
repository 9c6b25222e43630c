"""Random numbers that belong to an image: a function of a seed and its number.

The same image gets the same numbers in whatever batch it comes, in every process and on
every machine; a batch of them costs array arithmetic alone. A generator an image would
give the same, at a hundred times the price.
"""

import numpy as np

_STEP = np.uint64(0x9E3779B97F4A7C15)


def hashed_numbers(key, indices, count):
    """Numbers that look random, uniform over 64 bits.

    Args:
        key: sequence of ints >= 0: a seed, and what the numbers are for.
        indices: int array, shape `(n,)`, of numbers >= 0.
        count: int, how many for each of them.

    Returns:
        uint64 array, shape `(n, count)`.

    Source: SplitMix64, Steele, Lea & Flood 2014, "Fast splittable pseudorandom number
    generators" (OOPSLA); begun for each image at a hash of the key and its number.
    """
    start = np.zeros(1, np.uint64)
    for part in (*key, indices):
        start = _mixed((start + _STEP) ^ np.asarray(part).astype(np.uint64))
    steps = np.arange(1, count + 1, dtype=np.uint64) * _STEP
    return _mixed(start[:, None] + steps)


def hashed_bytes(key, indices, count):
    """Bytes that look random, uniform over 0 … 255: uint8 array `(n, count)`."""
    words = hashed_numbers(key, indices, -(-count // 8))
    # The byte order is spelled out: the same picture on every machine.
    return words.astype("<u8", copy=False).view(np.uint8)[:, :count]


def hashed_units(key, indices, count):
    """Numbers uniform over [0, 1): float64 array `(n, count)`."""
    return (hashed_numbers(key, indices, count) >> np.uint64(11)) * 2.0**-53


def _mixed(words):
    """The output function of SplitMix64."""
    words = np.atleast_1d(words)
    shifted = words >> np.uint64(30)
    words ^= shifted
    words *= np.uint64(0xBF58476D1CE4E5B9)
    np.right_shift(words, np.uint64(27), out=shifted)
    words ^= shifted
    words *= np.uint64(0x94D049BB133111EB)
    np.right_shift(words, np.uint64(31), out=shifted)
    words ^= shifted
    return words
