"""Writes small sets of cars in the exact format of the official Cars3D archive."""

import io
import tarfile

import numpy as np
from scipy.io import savemat


def car(number):
    """What `im` of a car holds: uint8 `(128, 128, 3, 24, 4)`.

    Red says the car, green the azimuth and blue the elevation of a view; the upper half
    is brighter by 100, so that up and down, left and right cannot be confused.
    """
    images = np.zeros((128, 128, 3, 24, 4), np.uint8)
    images[:, :, 0] = 10 * number
    images[:, :, 1] += np.arange(24, dtype=np.uint8)[:, None]
    images[:, :, 2] += np.arange(4, dtype=np.uint8)
    images[:64] += 100
    return images


def mat_bytes(arrays):
    stream = io.BytesIO()
    savemat(stream, arrays, do_compression=True)
    return stream.getvalue()


def write_folder(folder, names, listed=None, content=None):
    """Files of cars called `names`, numbered in the order of `listed`."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = names if listed is None else listed
    (folder / "list.txt").write_text("".join(f"{name}\n" for name in listed))
    for name in names:
        arrays = {"im": car(listed.index(name)), "mask": np.zeros((2, 2))}
        (folder / f"{name}.mat").write_bytes(content or mat_bytes(arrays))
    return folder


def write_archive(path, folder, order):
    """An archive of the files of `folder` in this order, and one that is no car's."""
    with tarfile.open(path, "w:gz") as archive:
        for name in ("data", "data/cars"):
            directory = tarfile.TarInfo(name)
            directory.type = tarfile.DIRTYPE
            archive.addfile(directory)
        for name in order:
            archive.add(folder / name, f"data/cars/{name}")
        other = tarfile.TarInfo("data/sprites/list.txt")
        other.size = 5
        archive.addfile(other, io.BytesIO(b"ghost"))
    return path
