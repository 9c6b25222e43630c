import os

import pytest
from bare_process import bare_process, on_a_full_disk

from keras_bvae.files.whole_folder import require_replaceable, whole_folder

pytestmark = pytest.mark.across_backends


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def find_foreign(folder):
    names = sorted(path.name for path in folder.iterdir())
    ours = {"mark", "one", "two"} if "mark" in names else ()
    return next((name for name in names if name not in ours), None)


def write(folder, name="mark"):
    with whole_folder(folder, find_foreign) as work:
        (work / name).write_text(name)
        (work / "mark").write_text("")


def test_a_new_folder_appears_once_all_is_written(tmp_path):
    with whole_folder(tmp_path / "new", find_foreign) as work:
        (work / "mark").write_text("ours")
        assert not (tmp_path / "new").exists()
    assert names(tmp_path) == ["new", "new/mark"]


def test_an_earlier_folder_is_replaced_as_a_whole(tmp_path):
    write(tmp_path / "it", "one")
    write(tmp_path / "it", "two")
    assert names(tmp_path) == ["it", "it/mark", "it/two"]


def test_an_error_leaves_what_was_there(tmp_path):
    write(tmp_path / "it", "one")

    def fail_half_way():
        with whole_folder(tmp_path / "it", find_foreign) as work:
            (work / "two").write_text("")
            raise RuntimeError("the converter failed")

    with pytest.raises(RuntimeError, match="the converter failed"):
        fail_half_way()
    assert names(tmp_path) == ["it", "it/mark", "it/one"]


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "it").mkdir()
    write(tmp_path / "it")
    assert names(tmp_path) == ["it", "it/mark"]


@pytest.mark.parametrize("is_file", [True, False])
def test_what_is_not_ours_stays(tmp_path, is_file):
    target = tmp_path / "it"
    if is_file:
        target.write_text("mine")
    else:
        target.mkdir()
        (target / "thesis.txt").write_text("mine")
    before = names(tmp_path)
    words = "is a file" if is_file else "holds something else, 'thesis.txt'"
    with pytest.raises(FileExistsError, match=f"{words}. Name another"):
        write(target)
    assert names(tmp_path) == before


def test_what_a_user_put_into_an_earlier_one_stays(tmp_path):
    write(tmp_path / "it", "one")
    (tmp_path / "it" / "thesis.txt").write_text("mine")
    before = names(tmp_path)
    with pytest.raises(FileExistsError, match=r"'thesis\.txt'"):
        write(tmp_path / "it")
    assert names(tmp_path) == before
    (tmp_path / "it" / "thesis.txt").unlink()
    write(tmp_path / "it")
    assert names(tmp_path) == ["it", "it/mark"]


def test_leftovers_of_killed_writers_go_and_those_at_work_stay(tmp_path):
    fcntl = pytest.importorskip("fcntl", reason="needs the locks of POSIX")
    for name in (".it-part-killed__", ".it-part-at_work_", ".it-part-of-mine"):
        (tmp_path / name / "new").mkdir(parents=True)
    other = os.open(tmp_path / ".it-part-at_work_", os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    write(tmp_path / "it")
    os.close(other)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == [".it-part-at_work_", ".it-part-of-mine", "it"]


def test_a_writer_at_work_is_seen_by_others(tmp_path):
    pytest.importorskip("fcntl", reason="needs the locks of POSIX")
    with whole_folder(tmp_path / "it", find_foreign) as work:
        (work / "one").write_text("slow")
        write(tmp_path / "it", "two")
        (work / "mark").write_text("")
    assert names(tmp_path) == ["it", "it/mark", "it/one"]


def test_the_folder_around_it_must_exist(tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        require_replaceable(tmp_path / "nowhere" / "it", find_foreign)


def test_a_link_is_neither_followed_nor_lost(tmp_path):
    write(tmp_path / "real")
    (tmp_path / "it").symlink_to("real")
    with pytest.raises(FileExistsError, match="is a link"):
        write(tmp_path / "it", "one")
    assert names(tmp_path) == ["it", "real", "real/mark"]


def test_what_a_user_puts_there_during_the_work_stays(tmp_path):
    write(tmp_path / "it", "one")

    def write_slowly():
        with whole_folder(tmp_path / "it", find_foreign):
            (tmp_path / "it" / "thesis.txt").write_text("mine")

    with pytest.raises(FileExistsError, match=r"'thesis\.txt'"):
        write_slowly()
    assert names(tmp_path) == ["it", "it/mark", "it/one", "it/thesis.txt"]


FULL_DISK = """
import os
from pathlib import Path
from keras_bvae.files.whole_folder import whole_folder
path = Path(sys.argv[1], "it")
try:
    with whole_folder(path, lambda folder: None) as work:
        (work / "one").write_bytes(bytes(1 << 20))
except OSError as error:
    print(type(error).__name__, error, sep="|")
print(os.listdir(path.parent))
"""


def test_a_disk_that_is_full_is_one_sentence_and_nothing_is_left(tmp_path):
    child = bare_process(FULL_DISK, tmp_path, before=on_a_full_disk(tmp_path, "64k"))
    output, errors = child.communicate()
    sentence, left = output.splitlines()
    assert sentence.startswith("FileNotWritten|A file must be written whole;")
    assert "No space left on device" in sentence
    assert (left, errors) == ("[]", "")
