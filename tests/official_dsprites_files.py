"""Writes small files in the exact format of the official dSprites files."""

import itertools

import h5py
import numpy as np

# Classes of shape, scale, orientation, x and y in the small files: 48 combinations.
SMALL_SIZES = (2, 2, 3, 2, 2)


def small_classes(sizes=SMALL_SIZES):
    """int64 `(n, 6)`: colour, always 0, and a full grid of the five factors."""
    return np.array(list(itertools.product([0], *map(range, sizes))), np.int64)


def random_images(count, seed=0):
    """uint8 `(count, 64, 64)`, 0 or 1."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 2, (count, 64, 64), dtype=np.uint8)


def npz_arrays(images, classes):
    """The arrays of the .npz file, the pickled `metadata` among them."""
    metadata = {"title": "dSprites dataset", "latents_names": ("color", "shape")}
    return {
        "metadata": np.array(metadata, dtype=object),
        "imgs": images,
        "latents_classes": classes,
        "latents_values": classes.astype(np.float64),
    }


def write_npz(path, images, classes):
    np.savez_compressed(path, **npz_arrays(images, classes))
    return path


def write_hdf5(path, images, classes):
    with h5py.File(path, "w") as file:
        # Chunks that cut through rows and images, like those of the official file.
        file.create_dataset("imgs", data=images, chunks=(7, 16, 16), compression="gzip")
        file["latents/classes"] = classes
        file["latents/values"] = classes.astype(np.float64)
    return path
