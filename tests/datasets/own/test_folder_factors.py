import re

import numpy as np
import pytest
from PIL import Image

from keras_bvae.datasets.own.folder_factors import where_factors_go
from keras_bvae.datasets.own.image_folder import ImageFolder


def write(folder, names):
    """A picture a name, all different."""
    for number, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8), 9 * number + 20).save(folder / name)
    return folder


def classes_of(dataset):
    """For each file the names of its classes."""
    rows = dataset.factors_at(np.arange(len(dataset)))
    values = [dataset.factor_values[name] for name in dataset.factor_names]
    return {
        file: tuple(value[row] for value, row in zip(values, classes, strict=True))
        for file, classes in zip(dataset.files, rows, strict=True)
    }


def test_folders_are_no_factor_unless_asked(tmp_path):
    write(tmp_path, ["cat/1.png", "dog/1.png"])
    dataset = ImageFolder(tmp_path)
    assert not dataset.has_factors
    with pytest.raises(ValueError, match=r"let \+folders=factor make one of the folde"):
        dataset.require_factors()


def test_folders_are_a_factor(tmp_path):
    write(
        tmp_path,
        ["cat/1.png", "cat/2.png", "dog/1.png", "class10/a.png", "class9/b.png"],
    )
    dataset = ImageFolder(tmp_path, folders="factor")
    assert dataset.factor_names == ("folder",)
    assert dataset.factor_values == {"folder": ("cat", "class9", "class10", "dog")}
    assert classes_of(dataset) == {
        name: (name.split("/")[0],) for name in dataset.files
    }


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (["0.25", "0.5", "-1", "10"], ("-1", "0.25", "0.5", "10")),
        # Equal as numbers, and folders of their own.
        (["1", "01", "2"], ("01", "1", "2")),
        (["nan", "1"], ("1", "nan")),
    ],
)
def test_each_folder_is_a_class_of_its_own(tmp_path, names, order):
    write(tmp_path, [f"{name}/1.png" for name in names])
    dataset = ImageFolder(tmp_path, folders="factor")
    assert dataset.factor_values["folder"] == order


def test_folders_in_folders_are_a_factor_a_level(tmp_path):
    levels = [
        f"all/{a}/{b}/{n}.png" for a in "xy" for b in ("low", "high") for n in "12"
    ]
    dataset = ImageFolder(write(tmp_path, levels), folders="factor")
    # Of one folder alone nothing is told.
    assert dataset.factor_names == ("folder_2", "folder_3")
    assert dataset.factor_values["folder_3"] == ("high", "low")
    assert dataset.is_complete_grid
    found = classes_of(dataset)
    assert found["all/x/low/2.png"] == ("x", "low")


def test_folders_and_a_table_make_factors_together(tmp_path):
    write(tmp_path, ["a/1.png", "a/2.png", "b/1.png"])
    table = "file,light\na/1.png,low\na/2.png,high\nb/1.png,high\n"
    (tmp_path / "factors.csv").write_text(table)
    dataset = ImageFolder(tmp_path, folders="factor")
    assert dataset.factor_names == ("light", "folder")
    assert classes_of(dataset) == {
        "a/1.png": ("low", "a"),
        "a/2.png": ("high", "a"),
        "b/1.png": ("high", "b"),
    }
    (tmp_path / "factors.csv").write_text(table.replace("light", "folder"))
    said = r"factors.csv has a column 'folder' and \+folders=factor makes another"
    with pytest.raises(ValueError, match=said):
        ImageFolder(tmp_path, folders="factor")
    assert ImageFolder(tmp_path).factor_names == ("folder",)


def test_pages_lie_in_the_folder_of_their_stack(tmp_path):
    write(tmp_path, ["b/1.png"])
    (tmp_path / "a").mkdir()
    pages = [Image.new("L", (8, 8), 50 * n) for n in range(3)]
    pages[0].save(tmp_path / "a" / "s.tif", save_all=True, append_images=pages[1:])
    dataset = ImageFolder(tmp_path, folders="factor")
    assert [row[0] for row in classes_of(dataset).values()] == ["a", "a", "a", "b"]


def test_what_is_left_out_has_no_folder(tmp_path):
    write(tmp_path, ["a/1.png", "b/1.png"])
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "bad.png").write_bytes(b"no picture")
    dataset = ImageFolder(tmp_path, skip_corrupt=True, folders="factor")
    with pytest.warns(RuntimeWarning, match="left out"):
        assert dataset.factor_values == {"folder": ("a", "b")}


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["a/1.png", "2.png"], "'a/1.png' lies 1 deep and '2.png' in no folder. Move"),
        (["a/1.png", "b/c/2.png"], "'b/c/2.png' lies 2 deep and 'a/1.png' 1 deep."),
        (["1.png", "2.png"], "where all pictures lie in none. Move them"),
        (["a/1.png", "a/2.png"], "where all pictures lie in one folder."),
    ],
)
def test_folders_that_make_no_factor_are_refused(tmp_path, names, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        ImageFolder(write(tmp_path, names), folders="factor")


def test_too_many_folders_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("keras_bvae.datasets.own.folder_factors.MOST_CLASSES", 2)
    write(tmp_path, ["a/1.png", "b/1.png", "c/1.png"])
    with pytest.raises(
        ValueError, match="there are 3 beside each other, and 2 at most"
    ):
        ImageFolder(tmp_path, folders="factor")


def test_other_words_are_refused(tmp_path):
    with pytest.raises(ValueError, match="`folders` must be one of factor"):
        ImageFolder(write(tmp_path, ["a/1.png"]), folders="label")


def test_where_factors_go_is_told(tmp_path):
    table = tmp_path / "factors.csv"
    assert where_factors_go(tmp_path, ["1.png", "a/1.png"]) == f"Put them into {table}."
