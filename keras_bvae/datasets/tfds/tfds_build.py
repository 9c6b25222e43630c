"""What TensorFlow Datasets has built, record by record."""

import contextlib
import difflib
import hashlib
import os
import re
import sys
import textwrap

import numpy as np

from keras_bvae.errors import InvalidValue, Unusable

# A name server that does not answer would otherwise cost TFDS three minutes of retries.
PROBE_SECONDS = 10
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
    import tensorflow_datasets as tfds

    # TFDS reads TFDS_DATA_DIR at its import; the variable may have been set since.
    data_dir = data_dir or os.environ.get("TFDS_DATA_DIR")
    try:
        return tfds.builder(name, data_dir=data_dir)
    # An unknown version is an AssertionError.
    except (ValueError, AssertionError) as error:
        # TFDS says first with which arguments it failed.
        reason = re.sub(r'^Failed to construct.*?}": ', "", str(error), flags=re.DOTALL)
        raise InvalidValue(
            "`tfds:` must be followed by a name that TensorFlow Datasets knows; "
            f"received {name!r} ({reason.splitlines()[0][:200]}). "
            + _advice(name, tfds.list_builders())
        ) from error


def prepare_build(builder, name):
    """Builds a data set unless it is built; returns the builder.

    Raises:
        OSError: the build is missing and cannot be made here.
    """
    if not builder.is_prepared():
        try:
            _require_network()
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
    description = (builder.data_path / "dataset_info.json").read_bytes()
    return hashlib.sha256(description).hexdigest()[:16]


def _advice(name, known):
    name = re.split("[/:]", name)[0]
    if name in known:
        return "Leave out its version and configuration, or choose others."
    close = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean tfds:{close[0]}?" if close else "See tfds.list_builders()."


def _require_network():
    import requests

    requests.head("https://github.com", timeout=PROBE_SECONDS)


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
    """Keeps TensorFlow, where only TFDS uses it, from taking a GPU's whole memory."""
    if "tensorflow" in sys.modules:
        return
    import tensorflow as tf

    with contextlib.suppress(RuntimeError):  # the devices are already in use
        tf.config.set_visible_devices([], "GPU")
