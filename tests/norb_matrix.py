"""The bytes of a binary matrix as smallNORB's official files hold it."""

import numpy as np

MAGIC = {"uint8": 0x1E3D4C55, "int32": 0x1E3D4C54}


def matrix_bytes(array):
    """Magic, number of axes, at least three lengths, the values: all little-endian."""
    lengths = (*array.shape, 1, 1, 1)[: max(array.ndim, 3)]
    header = np.array([MAGIC[array.dtype.name], array.ndim, *lengths], "<i4")
    return header.tobytes() + array.astype(array.dtype.newbyteorder("<")).tobytes()
