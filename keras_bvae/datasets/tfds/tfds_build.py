"""What TensorFlow Datasets has built, record by record."""

import contextlib
import difflib
import hashlib
import os
import re
import textwrap

import numpy as np

from keras_bvae.datasets.tfds.build_files import require_own_files
from keras_bvae.datasets.tfds.silent_servers import failing_fast
from keras_bvae.engine.engine import BACKEND
from keras_bvae.errors import InvalidValue, KerasBVAEError, Unusable
from keras_bvae.files.reading import read_bytes

# Of a name; the longest that TFDS knows has 70 letters.
LONGEST_NAME = 250
# Of the description of a build; CelebA's has 10 kB.
MOST_BYTES_OF_DESCRIPTION = 64 * 2**20
# Network errors wrap one another and go on for lines.
LONGEST_REASON = 160


def prepared_builder(name, data_dir=None):
    """The builder of a data set that is built, now if it was not.

    Args, Returns, Raises: as for `find_builder` and `prepare_build`.
    """
    return prepare_build(find_builder(name, data_dir), name)


def find_builder(name, data_dir=None):
    """The builder of a data set, built or not.

    Args:
        name: as TFDS knows it: "dsprites", "mnist", "NAME/CONFIG", "NAME:VERSION".
        data_dir: TFDS' folder; None: TFDS_DATA_DIR, else ~/tensorflow_datasets.

    Returns:
        tfds.core.DatasetBuilder.

    Raises:
        ValueError: TFDS knows no such data set.
    """
    if len(name) > LONGEST_NAME or ".." in re.split("[/\\\\:=]", name):
        raise InvalidValue(
            "`tfds:` must be followed by a name, NAME or NAME/CONFIG; received "
            f"{name[:LONGEST_NAME]!r}. See tfds.list_builders()."
        )
    import tensorflow_datasets as tfds

    _leave_accelerators_alone()
    # TFDS reads TFDS_DATA_DIR at its import; the variable may have been set since.
    data_dir = data_dir or os.environ.get("TFDS_DATA_DIR")
    try:
        return tfds.builder(name, data_dir=data_dir)
    # An unknown version is an AssertionError; what stands in the folder may be damaged;
    # and names of communities are looked for in the network.
    except Exception as error:
        # TFDS says first with which arguments it failed.
        reason = re.sub(r'^Failed to construct.*?}": ', "", str(error), flags=re.DOTALL)
        reason = (reason.splitlines() or [type(error).__name__])[0][:200]
        known = tfds.list_builders(with_community_datasets=False)
        raise InvalidValue(
            "`tfds:` must be followed by a name that TensorFlow Datasets knows; "
            f"received {name!r} ({reason}). {_advice(name, known)}"
        ) from error


def prepare_build(builder, name):
    """Builds a data set unless it is built; returns the builder.

    Files that were downloaded before, or by hand, are not asked for in the network.

    Raises:
        OSError: the build is missing and cannot be made here.
        ValueError: its description names files elsewhere, or more records than there
            can be.
    """
    if not builder.is_prepared():
        try:
            with failing_fast(builder):
                builder.download_and_prepare()
        # Downloading and building fail with the errors of a dozen libraries.
        except Exception as error:
            raise Unusable(
                f"tfds:{name} must be built by TensorFlow Datasets before it is read; "
                f"received no build in {builder.data_dir}, and making one failed "
                f"({_first_line(error)}). On a machine with network run `tfds build "
                f"{name}`, copy the folder here and point TFDS_DATA_DIR at it; or use "
                "dsprites, which needs no download."
            ) from error
    with _damage_explained(builder):
        require_own_files(builder)
    return builder


def records(builder, splits, paths, at_once):
    """Yields chosen features of all records, split after split, in the order on disk.

    Args:
        builder: of a finished build.
        splits: names of the splits.
        paths: for each feature its keys from the outside in, such as `("image",)`;
            others are not decoded.
        at_once: how many records to hand out together; 1 where shapes vary.

    Yields:
        A list with an array for each path, first dimension at most `at_once`.

    Raises:
        ValueError: the build is damaged.
    """
    with _damage_explained(builder):
        for split in splits:
            for record in _reader(builder)(builder, split, paths, at_once):
                yield [_at(record, path) for path in paths]


def few_records(builder, splits, paths, indices):
    """Chosen features of a few records, found without reading those before them.

    Args:
        builder, splits, paths: as for `records`.
        indices: int array, shape `(n,)`, numbers in the order of `records`.

    Returns:
        A list for each record: an array for each path, first dimension 1.

    Raises:
        ValueError: the build is damaged.
    """
    found = []
    with _damage_explained(builder):
        for index in indices:
            split, row = _place(builder, splits, int(index))
            part = f"{split}[{row}:{row + 1}]"
            (record,) = _reader(builder)(builder, part, paths, 1)
            found.append([_at(record, path) for path in paths])
    return found


def version_of_build(builder):
    """16 characters that change with the build: its description names its files' sizes.

    Args:
        builder: of a finished build.
    """
    file = builder.data_path / "dataset_info.json"
    description = read_bytes(file, MOST_BYTES_OF_DESCRIPTION, "A build's description")
    return hashlib.sha256(description).hexdigest()[:16]


def _advice(name, known):
    name = re.split("[/:]", name)[0]
    if name in known:
        return "Leave out its version and configuration, or choose others."
    close = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean tfds:{close[0]}?" if close else "See tfds.list_builders()."


def _reader(builder):
    import tensorflow_datasets as tfds

    is_array_record = builder.info.file_format == tfds.core.FileFormat.ARRAY_RECORD
    return _from_array_record if is_array_record else _from_tfrecord


@contextlib.contextmanager
def _damage_explained(builder):
    try:
        yield
    # TensorFlow, array_record and Pillow each have errors of their own for this.
    except Exception as error:
        raise InvalidValue(
            f"A build of tfds:{builder.info.name} must be whole; received "
            f"{builder.data_dir}, which cannot be read ({_first_line(error)}). Delete "
            "that folder, and load the data set again."
        ) from error


def _place(builder, splits, index):
    """The split that holds the record `index`, and its number there."""
    for split in splits:
        count = builder.info.splits[split].num_examples
        if index < count:
            return split, index
        index -= count
    raise IndexError(index)


def _first_line(error):
    lines = str(error).splitlines() or [""]
    if isinstance(error, KerasBVAEError):
        return textwrap.shorten(str(error), LONGEST_REASON, placeholder=" …")
    line = textwrap.shorten(lines[0], LONGEST_REASON, placeholder=" …")
    return f"{type(error).__name__}: {line}"


def _at(record, path):
    for key in path:
        record = record[key]
    return record


def _wanted(paths):
    """TFDS' way to say which features to decode: nested dicts of True."""
    import tensorflow_datasets as tfds

    tree = {}
    for path in paths:
        branch = tree
        for key in path[:-1]:
            branch = branch.setdefault(key, {})
        branch[path[-1]] = True
    return tfds.decode.PartialDecoding(tree)


def _from_array_record(builder, split, paths, at_once):
    import tensorflow_datasets as tfds

    # Partial decoding is not to be had here; leaving out pictures is what saves time.
    left_out = {
        name: tfds.decode.SkipDecoding()
        for name, feature in builder.info.features.items()
        if isinstance(feature, tfds.features.Image) and (name,) not in paths
    }
    source = builder.as_data_source(split=split, decoders=left_out or None)
    for start in range(0, len(source), at_once):
        rows = range(start, min(start + at_once, len(source)))
        yield _stacked([source[row] for row in rows])


def _stacked(some):
    if isinstance(some[0], dict):
        return {key: _stacked([one[key] for one in some]) for key in some[0]}
    return np.stack(some)


def _from_tfrecord(builder, split, paths, at_once):
    import tensorflow_datasets as tfds

    _leave_accelerators_alone()
    dataset = builder.as_dataset(
        split=split,
        batch_size=at_once,
        decoders=_wanted(paths),
        shuffle_files=False,
        # One file after the other; the automatic cache would keep the decoded images.
        read_config=tfds.ReadConfig(interleave_cycle_length=1, try_autocache=False),
    )
    yield from tfds.as_numpy(dataset)


def _leave_accelerators_alone():
    """Keeps TensorFlow, where Keras does not use it, from taking a GPU's whole memory.

    Keras's saving imports it on every backend, so that this says nothing about its use.
    """
    if BACKEND == "tensorflow":
        return
    import tensorflow as tf

    with contextlib.suppress(RuntimeError):  # the devices are already in use
        tf.config.set_visible_devices([], "GPU")
