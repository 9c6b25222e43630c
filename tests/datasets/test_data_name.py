import re

import pytest

from keras_bvae.datasets.data_name import (
    CHANGE_WORDS,
    PATH_SOURCES,
    file_name_of,
    form_of,
    parse_data_name,
)


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
