import errno
import os
import shlex

import pytest

from keras_bvae.errors import FileNotWritten, NotPermitted, Unusable
from keras_bvae.files.folders import (
    as_typed,
    make_folder,
    own_folder,
    require_writable_folder,
)

pytestmark = pytest.mark.across_backends


@pytest.mark.parametrize("path", ["a/b", "my runs/$x", "it's `b`;c", "-o", "a\nb"])
def test_a_path_that_is_told_to_type_is_one_word_and_no_option(path):
    (word,) = shlex.split(as_typed(path))
    assert os.path.normpath(word) == path
    assert not word.startswith("-")
    assert as_typed("a/b") == "a/b"


def test_a_folder_of_ours_is_no_link(tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "link").symlink_to("outside")
    with pytest.raises(Unusable, match="through a link"):
        own_folder(tmp_path / "link")
    own_folder(tmp_path / "new")
    own_folder(tmp_path / "new")
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        own_folder(tmp_path / "file")


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


def test_a_folder_of_the_users_is_made_with_those_around_it(tmp_path):
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.EROFS, NotPermitted), (errno.ENOSPC, FileNotWritten)],
)
def test_a_folder_that_cannot_be_made_is_told(tmp_path, monkeypatch, number, kind):
    def refuse(self, *arguments, **options):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    with pytest.raises(kind, match=os.strerror(number)):
        make_folder(tmp_path / "a")


def test_a_folder_below_one_that_may_not_be_written_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(NotPermitted, match="Change its rights, or name another"):
        make_folder(tmp_path / "a")
    assert not (tmp_path / "a").exists()
