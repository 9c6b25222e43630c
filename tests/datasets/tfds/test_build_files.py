from types import SimpleNamespace

import pytest

from keras_bvae.datasets.tfds.build_files import require_own_files
from keras_bvae.errors import InvalidValue, MissingFile


def builder(folder, path, count):
    split = SimpleNamespace(filepaths=[path], num_examples=count)
    info = SimpleNamespace(splits={"train": split})
    return SimpleNamespace(data_path=folder, info=info)


def test_files_are_the_builds_own_and_hold_its_records(tmp_path):
    (tmp_path / "build").mkdir()
    (tmp_path / "other").write_bytes(bytes(100))
    own = tmp_path / "build" / "records"
    own.write_bytes(bytes(100))
    require_own_files(builder(tmp_path / "build", own, 5))
    for path in (tmp_path / "other", tmp_path / "build" / ".." / "other"):
        with pytest.raises(InvalidValue, match="train has its file outside of it"):
            require_own_files(builder(tmp_path / "build", path, 5))
    for count in (101, -1):
        with pytest.raises(InvalidValue, match=f"train has {count} records in 100"):
            require_own_files(builder(tmp_path / "build", own, count))
    own.unlink()
    with pytest.raises(MissingFile, match="A file of a build must exist"):
        require_own_files(builder(tmp_path / "build", own, 5))
