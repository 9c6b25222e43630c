import pytest

from keras_bvae.export.whole_folder import require_replaceable, whole_folder

pytestmark = pytest.mark.across_backends


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def write(folder, name="mark"):
    with whole_folder(folder, "mark") as work:
        (work / name).write_text(name)
        (work / "mark").write_text("")


def test_a_new_folder_appears_once_all_is_written(tmp_path):
    with whole_folder(tmp_path / "new", "mark") as work:
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
        with whole_folder(tmp_path / "it", "mark") as work:
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
    with pytest.raises(FileExistsError, match=r"holds something else\. Name another"):
        write(target)
    assert names(tmp_path) == before


def test_the_folder_around_it_must_exist(tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        require_replaceable(tmp_path / "nowhere" / "it", "mark")
