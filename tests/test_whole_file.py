import os

import pytest

from keras_bvae.whole_file import require_writable_folder, whole_file


def test_the_file_appears_only_when_it_is_whole(tmp_path):
    path = tmp_path / "record.json"
    with whole_file(path) as temporary:
        temporary.write_text("new")
        assert not path.exists()
        assert temporary.suffix == ".json"
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["record.json"]


def test_an_error_in_between_keeps_the_old_file(tmp_path):
    path = tmp_path / "record.json"
    path.write_text("old")

    def write_half():
        with whole_file(path) as temporary:
            temporary.write_text("ne")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        write_half()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["record.json"]


def test_files_get_the_rights_of_ordinary_files(tmp_path):
    with whole_file(tmp_path / "a") as temporary:
        temporary.write_text("x")
    (tmp_path / "b").write_text("x")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_a_folder_that_is_none_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError, match="which is none"):
        require_writable_folder(tmp_path / "file")


def test_a_folder_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    def refuse(dir):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    with pytest.raises(PermissionError, match="must be writable"):
        require_writable_folder(tmp_path)
