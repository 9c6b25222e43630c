import re
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from official_dsprites_files import random_images, small_classes, write_npz
from PIL import Image

from keras_bvae import datasets
from keras_bvae.datasets.catalog import (
    file_name_of,
    load,
    parse_data_name,
    picture_options,
)
from keras_bvae.datasets.changes.named_changes import CHANGE_WORDS, form_of
from keras_bvae.datasets.sources import NAMES, PATH_SOURCES
from keras_bvae.errors import InvalidValue


def taken_apart(name):
    parsed = parse_data_name(name)
    return parsed.source, list(parsed.changes)


def test_a_source_alone_has_no_changes():
    assert taken_apart("dsprites") == ("dsprites", [])
    assert taken_apart("tfds:celeb_a") == ("tfds:celeb_a", [])


def test_changes_keep_their_order_and_values():
    name = "dsprites+fix=shape:0+color+correlate=scale:position_x:0.2+train=0.2:7"
    assert taken_apart(name) == (
        "dsprites",
        [
            ("fix", "shape:0"),
            ("color", None),
            ("correlate", "scale:position_x:0.2"),
            ("train", "0.2:7"),
        ],
    )


def test_a_path_ends_before_the_first_known_change():
    # Nothing of this exists: the words decide.
    assert taken_apart("images:no/a+b c+grey+size=32") == (
        "images:no/a+b c",
        [("grey", None), ("size", "32")],
    )
    # +trainer is no change, +train is.
    assert taken_apart("array:no+trainer.npy+train")[0] == "array:no+trainer.npy"


def test_a_path_that_exists_is_meant_whatever_it_is_called(tmp_path):
    (tmp_path / "me+train").mkdir()
    source = f"images:{tmp_path}/me+train"
    assert taken_apart(source) == (source, [])
    assert taken_apart(source + "+train") == (source, [("train", None)])
    (tmp_path / "me").mkdir()
    assert taken_apart(source + "+grey") == (source, [("grey", None)])


def test_a_misspelt_change_of_a_path_that_exists_is_no_part_of_it(tmp_path):
    with pytest.raises(ValueError, match=r"received '\+gray' in .* mean \+grey\?"):
        parse_data_name(f"images:{tmp_path}+gray")


def test_a_background_is_a_path_as_well(tmp_path):
    picture = tmp_path / "sea+noise.png"
    picture.touch()
    assert taken_apart(f"dsprites+background={picture}+train") == (
        "dsprites",
        [("background", str(picture)), ("train", None)],
    )
    assert taken_apart("dsprites+background=no.png+train=0.5")[1] == [
        ("background", "no.png"),
        ("train", "0.5"),
    ]


def test_home_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "a+color").mkdir()
    assert taken_apart("images:~/a+color+grey")[0] == "images:~/a+color"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dsprites+colour", "received '+colour' in 'dsprites+colour'. Did you mean +c"),
        ("dsprites+", "received '+' in 'dsprites+'. See `kbvae data`."),
        ("digits+Train", "Did you mean +train?"),
        ("digits+train+train", "may hold +train once"),
        ("digits+size=8+size=9", "may hold +size once"),
        ("digits+train+validation", "Name one of the two."),
    ],
)
def test_what_is_no_change_is_refused(name, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        parse_data_name(name)


def test_words_come_from_the_catalog():
    assert "skip-corrupt" in CHANGE_WORDS
    assert form_of("fix") == "+fix=FACTOR:CLASS"
    assert {"images", "array", "dsprites"} <= set(PATH_SOURCES)
    assert not {"tfds", "digits"} & set(PATH_SOURCES)


def test_file_names_are_safe_and_short():
    assert file_name_of("dsprites+fix=shape:0") == "dsprites-fix-shape-0"
    assert file_name_of("images:/tmp/my pictures") == "images-tmp-my-pictures"
    assert file_name_of("images:..") == "images"
    assert file_name_of("::") == "data"
    assert len(file_name_of("images:" + 300 * "ä").encode()) < 250


def test_dsprites_is_the_full_grid_in_the_official_order():
    dataset = load("dsprites")
    assert dataset.factor_sizes == (3, 6, 40, 32, 32)
    assert len(dataset) == 737_280
    assert dataset.name == "dsprites"
    # By hand: the last image is the heart at its largest, last turn, lower right.
    assert dataset.factors_at([737_279]).tolist() == [[2, 5, 39, 31, 31]]


def test_official_file_is_read_from_its_path(tmp_path):
    images = random_images(48)
    path = write_npz(tmp_path / "odd: name.npz", images, small_classes())
    dataset = load(f"dsprites:{path}")
    np.testing.assert_array_equal(dataset.images_at([9])[..., 0], images[[9]] * 255)


def test_digits_come_in_any_size():
    assert load("digits").image_shape == (64, 64, 1)
    assert load("digits", image_size=32).image_shape == (32, 32, 1)


def test_other_data_sets_come_in_their_own_size():
    assert load("dsprites", image_size=64).image_shape == (64, 64, 1)
    with pytest.raises(ValueError, match="own for dsprites, 64 x 64; received"):
        load("dsprites", image_size=32)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("dsprits", "Did you mean dsprites?"),
        ("Digits", "Did you mean digits?"),
        ("", "Use dsprites to begin with."),
        (7, "Use dsprites to begin with."),
    ],
)
def test_unknown_name_lists_the_known_ones(name, hint):
    message = f"must be one of {', '.join(NAMES)}; received {str(name)!r}. {hint}"
    with pytest.raises(ValueError, match=re.escape(message)):
        load(name)


def test_changes_are_made_from_left_to_right():
    dataset = load("dsprites+fix=shape:2+hide=scale+color")
    assert type(dataset).__name__ == "ColoredImages"
    assert type(dataset.base).__name__ == "HiddenFactor"
    assert dataset.factor_names == ("orientation", "position_x", "position_y")
    # By hand: 737,280 / 3.
    assert len(dataset) == 245_760
    # The paint is of the new numbers: image 0 is a heart.
    assert dataset.images_at([0]).shape == (1, 64, 64, 3)


def test_a_changed_set_keeps_the_name_it_was_asked_for():
    for name in ("digits+size=16+train=0.2:3", "digits+train", "digits+size=8"):
        dataset = load(name)
        assert dataset.name == name
        assert load(dataset.name).image_shape == dataset.image_shape


def test_train_and_validation_have_all_digits_between_them():
    parts = [load(f"digits+{part}=0.25:2") for part in ("train", "validation")]
    assert sorted(np.concatenate([part.rows for part in parts])) == list(range(1797))


def test_a_size_in_the_name_is_the_argument():
    assert load("digits+size=16").image_shape == load("digits", 16).image_shape
    with pytest.raises(ValueError, match=r"image_size=32 and \+size=16"):
        load("digits+size=16", 32)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("digits+color", "received digits: it has pixels of"),
        ("dsprites+color+noise", "received dsprites+color: its images have 3 channels"),
        ("digits+hide=shape", "+hide needs the factors"),
        ("dsprites+fix=shape:3", "a class from 0 to 2; received 3"),
        ("dsprites+fix=form:0", "position_y; received 'form'"),
        ("dsprites+correlate=scale:x_position:0.2", "Did you mean position_x?"),
        ("dsprites+train+validation", "Name one of the two."),
        ("dsprites+sizes=3", "Did you mean +size?"),
    ],
)
def test_changes_that_do_not_fit_are_refused(name, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        load(name)


def test_a_folder_of_pictures_with_a_plus_in_its_name(tmp_path):
    folder = tmp_path / "cats+dogs+train"
    folder.mkdir()
    for number in range(4):
        pixels = np.full((10, 10, 3), 50 * number, np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    dataset = load(f"images:{folder}+size=8+grey+validation=0.5")
    assert (len(dataset), dataset.image_shape) == (2, (8, 8, 1))
    assert {image[0, 0, 0] for image in dataset.images_at([0, 1])} < {0, 50, 100, 150}


def test_an_array_of_black_and_white_images_can_be_painted(tmp_path):
    sprites = np.zeros((6, 16, 16), np.uint8)
    sprites[:, 4:9, 4:9] = 255
    np.save(tmp_path / "sprites.npy", sprites)
    for change in ("color", "noise", "background"):
        images = load(f"array:{tmp_path}/sprites.npy+{change}").images_at([0, 5])
        assert images.shape == (2, 16, 16, 3)


def test_public_names_exist():
    for name in datasets.__all__:
        assert getattr(datasets, name)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        datasets.nothing  # noqa: B018


def test_tensorflow_datasets_is_imported_for_its_own_sets_alone():
    script = (
        "import sys; from keras_bvae import datasets; datasets.load('digits+size=8'); "
        "print([n for n in ('tensorflow_datasets',) if n in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("path", "advice"),
    [
        ("pictures", "a folder. Write images:pictures."),
        ("./pictures/", "a folder. Write images:./pictures/."),
        ("pictures+size=32", "a folder. Write images:pictures+size=32."),
        ("cats+dogs", "a folder. Write images:cats+dogs."),
        ("pictures/a.PNG", "a file. Write images:pictures for its folder."),
        ("set.npy+grey", "a file. Write array:set.npy+grey."),
        ("set.npz", "a file. Write array:set.npz."),
        ("3dshapes.h5", "a file. Write shapes3d:3dshapes.h5."),
        ("notes.txt", "a file. See `kbvae data` for what is read."),
        ("./none", "nothing is there. Correct it, and write images:./none for"),
        ("data/none", "nothing is there. Correct it, and write images:data/none for"),
    ],
)
def test_a_path_without_its_source_is_told_how_to_be_written(
    path, advice, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    for folder in ("pictures", "cats+dogs", "digits"):
        (tmp_path / folder).mkdir()
    for file in ("pictures/a.PNG", "set.npy", "set.npz", "3dshapes.h5", "notes.txt"):
        (tmp_path / file).touch()
    with pytest.raises(ValueError, match="must begin with its source") as caught:
        datasets.load(path)
    assert advice in str(caught.value)
    assert datasets.load("digits").name == "digits"  # also where a folder is called so


def test_a_name_of_millions_of_letters_is_refused_at_once():
    for name in ("images:" + "+" * 3_000_000, "a" * 3_000_000):
        with pytest.raises(
            ValueError, match="10,000 letters at most; received 3,000,0"
        ):
            datasets.load(name)


def test_a_path_object_is_told_the_same(tmp_path):
    with pytest.raises(ValueError, match=re.escape(f"Write images:{tmp_path}.")):
        datasets.load(tmp_path)


@pytest.fixture
def execute_anew(monkeypatch):
    """Executes a module of `datasets`, with a line put in behind one of its own."""

    def execute(name, *line_and_addition):
        full_name = f"keras_bvae.datasets.{name}"
        path = Path(datasets.__file__).parent.joinpath(*name.split("."))
        text = path.with_suffix(".py").read_text(encoding="utf-8")
        if line_and_addition:
            line, addition = line_and_addition
            assert text.count(line) == 1
            text = text.replace(line, line + addition)
        module = types.ModuleType(full_name)
        monkeypatch.setitem(sys.modules, full_name, module)
        exec(text, module.__dict__)
        return module

    return execute


def test_a_new_source_needs_one_line(execute_anew, tmp_path):
    np.save(tmp_path / "a.npy", np.full((3, 8, 8), 7, np.uint8))
    line = (
        'Source("grid:FILE", "mine", "own.image_array.ImageArray", "path", ("grey",)),'
    )
    sources = execute_anew("sources", "SOURCES = (\n", line)
    assert sources.NAMES["grid:FILE"] == "mine"
    load = execute_anew("catalog").load
    assert len(load(f"grid:{tmp_path / 'a.npy'}+grey+train=0.4")) == 2
    with pytest.raises(ValueError, match=r"followed by a path; received 'grid:'"):
        load("grid:")
    with pytest.raises(ValueError, match=r"\+skip-corrupt is for images; received it"):
        load(f"grid:{tmp_path / 'a.npy'}+skip-corrupt")
    with pytest.raises(FileNotFoundError, match="looked for from"):
        load("grid:none.npy")


def test_a_new_change_needs_one_line(execute_anew):
    line = 'Change("+odd[=STEP]", "mine", lambda data, *given: (data, given), True),'
    changes = execute_anew("changes.named_changes", "_TABLE = (\n", line)
    assert changes.CHANGES["+odd[=STEP]"] == "mine"
    execute_anew("sources")
    catalog = execute_anew("catalog")
    parsed = catalog.parse_data_name("digits+odd=3")
    assert parsed.changes == (("odd", "3"),)
    dataset, given = catalog.changed(datasets.load("digits"), *parsed.changes[0])
    assert (dataset.name, given) == ("digits", ("odd", "3"))
    with pytest.raises(ValueError, match=r"may hold \+odd once"):
        catalog.load("digits+odd+odd")


def test_a_picture_beside_the_data_set_is_read_as_its_own_are():
    name = "images:no/where+size=32+range=-1:1+on=white+max-pixels=900+fit=crop+train"
    assert picture_options(name) == {
        "value_range": (-1, 1),
        "on": "white",
        "max_pixels": 900,
        "fit": "crop",
    }
    assert picture_options("dsprites+color") == {}


@pytest.mark.parametrize(
    "change", ["fix=a:", "train=0.1:", "validation=", "correlate=a:b:", "noise=", ""]
)
def test_endless_numbers_and_words_are_one_short_sentence(change):
    with pytest.raises(InvalidValue) as raised:
        load(f"digits+{change}{'9' * 5000}")
    assert len(str(raised.value)) < 2200


def test_a_name_has_an_end():
    with pytest.raises(InvalidValue, match="may have 10,000 letters at most"):
        load("images:" + "a+" * 5000)
