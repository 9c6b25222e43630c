"""dSprites as TensorFlow Datasets builds it."""

import contextlib
import hashlib
import os
import sys

import numpy as np

from keras_bvae.datasets.factor_grid import FactorGrid
from keras_bvae.datasets.factor_table import factors_from_rows
from keras_bvae.datasets.packed_dataset import PackedDataset
from keras_bvae.datasets.packed_images import default_cache_folder, load_or_render
from keras_bvae.datasets.sprite_geometry import FACTOR_NAMES, FACTOR_SIZES
from keras_bvae.datasets.sprite_renderer import PACKED_BYTES

# What TFDS calls the factors, in our order.
LABELS = (
    "label_shape",
    "label_scale",
    "label_orientation",
    "label_x_position",
    "label_y_position",
)
RECORDS_AT_ONCE = 4096
CACHE_FILE = "tfds_dsprites_packed.npy"
# A name server that does not answer would otherwise cost TFDS three minutes of retries.
PROBE_SECONDS = 10


class TFDSDSprites(PackedDataset):
    """The build of `dsprites` in the user's TFDS folder, made first if it is missing.

    TFDS stores the records shuffled; here they are in the official order. Images are
    read when the first one is needed, which takes minutes the first time and leaves a
    cache file; where the build is not the full set, they are read at once.

    Args:
        data_dir: TFDS' folder; None: TFDS_DATA_DIR, else ~/tensorflow_datasets.

    Raises:
        OSError: the build is missing and cannot be downloaded.
        ValueError: the build is damaged.
    """

    def __init__(self, data_dir=None):
        self._builder = _prepared_builder("dsprites", data_dir)
        factor_space = FactorGrid(FACTOR_NAMES, FACTOR_SIZES)
        packed = None
        if self._builder.info.splits["train"].num_examples != len(factor_space):
            labels, packed = _read(self._builder)
            factor_space = factors_from_rows(FACTOR_NAMES, labels)
        super().__init__(
            "tfds:dsprites",
            factor_space,
            description="white sprites on black, from TensorFlow Datasets",
        )
        self._packed = packed

    def _read_packed(self, progress):
        build = (self._builder.data_path / "dataset_info.json").read_bytes()
        return load_or_render(
            default_cache_folder() / CACHE_FILE,
            self._read_full_set,
            progress,
            # The description of the build names the sizes of its files.
            version=hashlib.sha256(build).hexdigest()[:16],
        )

    def _read_full_set(self, progress):
        labels, packed = _read(self._builder, progress)
        if not np.array_equal(labels, self.factors_at(np.arange(len(self)))):
            raise ValueError(
                "A full build of tfds:dsprites must hold each combination of factors "
                f"once; received {self._builder.data_dir}, which does not. Delete that "
                "folder, and load the data set again."
            )
        return packed


def _prepared_builder(name, data_dir):
    import tensorflow_datasets as tfds

    # TFDS reads TFDS_DATA_DIR at its import; the variable may have been set since.
    data_dir = data_dir or os.environ.get("TFDS_DATA_DIR")
    builder = tfds.builder(name, data_dir=data_dir)
    if not builder.is_prepared():
        try:
            _require_network()
            builder.download_and_prepare()
        # Downloading and building fail with the errors of a dozen libraries.
        except Exception as error:
            raise OSError(
                f"tfds:{name} must be built by TensorFlow Datasets before it is read; "
                f"received no build in {builder.data_dir}, and making one failed "
                f"({_first_line(error)}). On a machine with network run `tfds build "
                f"{name}`, copy the folder here and point TFDS_DATA_DIR at it; or use "
                "dsprites, which needs no download."
            ) from error
    return builder


def _require_network():
    import requests

    requests.head("https://github.com", timeout=PROBE_SECONDS)


def _read(builder, progress=None):
    """All records in the order of their factors.

    Returns:
        `(labels, packed)`: int64 `(n, 5)` and uint8 `(n, 512)`.
    """
    count = builder.info.splits["train"].num_examples
    labels = np.empty((count, len(LABELS)), np.int64)
    packed = np.empty((count, PACKED_BYTES), np.uint8)
    done = 0
    for records in _readable_records(builder):
        images = records["image"]
        rows = slice(done, done + len(images))
        # Pixels are 0 or 1 in the official file, and TFDS keeps them so.
        packed[rows] = np.packbits(images.reshape(len(images), -1), axis=1)
        labels[rows] = np.stack([records[name] for name in LABELS], axis=1)
        done += len(images)
        if progress is not None:
            progress(done, count)
    order = np.lexsort(labels.T[::-1])
    return labels[order], packed[order]


def _readable_records(builder):
    try:
        yield from _records(builder)
    # TensorFlow, array_record and Pillow each have errors of their own for this.
    except Exception as error:
        raise ValueError(
            "A build of tfds:dsprites must be whole; received "
            f"{builder.data_dir}, which cannot be read ({_first_line(error)}). Delete "
            "that folder, and load the data set again."
        ) from error


def _first_line(error):
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {lines[0][:200]}"


def _records(builder):
    """Yields dicts of arrays, up to RECORDS_AT_ONCE records each."""
    import tensorflow_datasets as tfds

    if builder.info.file_format == tfds.core.FileFormat.ARRAY_RECORD:
        source = builder.as_data_source(split="train")
        for start in range(0, len(source), RECORDS_AT_ONCE):
            stop = min(start + RECORDS_AT_ONCE, len(source))
            records = [source[row] for row in range(start, stop)]
            yield {
                name: np.stack([record[name] for record in records])
                for name in ("image", *LABELS)
            }
        return
    _leave_accelerators_alone()
    dataset = builder.as_dataset(
        split="train",
        batch_size=RECORDS_AT_ONCE,
        # The automatic cache would keep the decoded 3 GB.
        read_config=tfds.ReadConfig(try_autocache=False),
    )
    yield from tfds.as_numpy(dataset)


def _leave_accelerators_alone():
    """Keeps TensorFlow, where only TFDS uses it, from taking a GPU's whole memory."""
    if "tensorflow" in sys.modules:
        return
    import tensorflow as tf

    with contextlib.suppress(RuntimeError):  # the devices are already in use
        tf.config.set_visible_devices([], "GPU")
