"""The files that a build says it has: its own, and large enough for its records."""

import os
import pathlib

from keras_bvae.errors import InvalidValue
from keras_bvae.files.reading import require_regular_file


def require_own_files(builder):
    """Raises unless a build's files lie in its folder and can hold its records.

    Its description may come from elsewhere, with names of other files of this machine,
    or with a number of records for which memory would be asked.

    Args:
        builder: tfds.core.DatasetBuilder of a finished build.

    Raises:
        ValueError, OSError: they do not.
    """
    folder = pathlib.Path(os.fspath(builder.data_path))
    for name, split in builder.info.splits.items():
        paths = [pathlib.Path(os.fspath(path)) for path in split.filepaths]
        for path in paths:
            if ".." in path.parts or folder not in path.parents:
                raise InvalidValue(f"{name} has its file outside of it, {path}")
        size = sum(require_regular_file(path, "A file of a build") for path in paths)
        # A record takes a dozen bytes at least.
        if not 0 <= split.num_examples <= size:
            raise InvalidValue(
                f"{name} has {split.num_examples:,} records in {size:,} bytes"
            )
