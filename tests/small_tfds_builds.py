"""Small builds of data sets in TFDS' own format, by its builders from small files."""

import io
import zipfile

import h5py
import numpy as np
import tensorflow_datasets as tfds
from norb_matrix import matrix_bytes
from PIL import Image

CELEBA_ATTRIBUTES = tuple(tfds.builder("celeb_a").info.features["attributes"].keys())


def without_network(monkeypatch, downloads):
    """TFDS finds these files: a function of what it asks for, which it returns."""
    manager = tfds.download.DownloadManager
    monkeypatch.setattr(manager, "download", lambda self, urls: downloads(urls))
    monkeypatch.setattr(
        manager, "download_and_extract", lambda self, urls: downloads(urls)
    )


def write_3dshapes(path, images, values):
    """As 3dshapes.h5: `images`, and `labels` with the physical value of each factor."""
    with h5py.File(path, "w") as file:
        file.create_dataset("images", data=images, compression="gzip")
        file["labels"] = values.astype(np.float64)
    return path


def write_norb_matrix(path, array):
    """As smallNORB's files."""
    path.write_bytes(matrix_bytes(array))
    return path


def write_celeba(folder, images, partition, attributes):
    """As CelebA's five files: dict of paths by what TFDS calls them."""
    names = [f"{row + 1:06d}.jpg" for row in range(len(images))]
    archive = folder / "img_align_celeba.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for name, image in zip(names, images, strict=True):
            jpeg = io.BytesIO()
            Image.fromarray(image).save(jpeg, "JPEG", quality=95)
            file.writestr(f"img_align_celeba/{name}", jpeg.getvalue())
    marks = tfds.builder("celeb_a").info.features["landmarks"].keys()
    rows = {
        "list_eval_partition": [
            f"{name} {part}" for name, part in zip(names, partition, strict=True)
        ],
        "list_attr_celeba": [
            str(len(names)),
            " ".join(CELEBA_ATTRIBUTES),
            *_rows(names, np.where(attributes, 1, -1)),
        ],
        "landmarks_celeba": [
            str(len(names)),
            " ".join(marks),
            *_rows(names, np.arange(10 * len(names)).reshape(-1, 10)),
        ],
        "identity_celeba": _rows(names, np.arange(len(names))[:, None]),
    }
    paths = {"img_align_celeba": archive}
    for key, lines in rows.items():
        paths[key] = folder / f"{key}.txt"
        paths[key].write_text("\n".join(lines) + "\n")
    return paths


def _rows(names, values):
    return [
        " ".join([name, *map(str, row)])
        for name, row in zip(names, values.tolist(), strict=True)
    ]
