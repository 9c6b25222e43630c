import re

import numpy as np
import pytest
from binary_grid import BinaryGrid
from PIL import Image

from keras_bvae.datasets.changes.named_changes import (
    CHANGE_WORDS,
    CHANGES,
    SOURCE_OPTIONS,
    changed,
)


def test_each_change_does_what_it_says(tmp_path):
    picture = tmp_path / "sea.png"
    Image.new("RGB", (40, 40), "blue").save(picture)
    blocks = BinaryGrid()
    for word in ("color", "noise", "background"):
        assert changed(blocks, word, None).image_shape == (8, 8, 3)
    on_picture = changed(blocks, "background", str(picture))
    assert on_picture.texture[0, 0].tolist() == [0, 0, 255]
    assert changed(blocks, "hide", "shape").factor_names == ("scale", "x")
    assert len(changed(blocks, "fix", "scale:2")) == 8
    assert changed(blocks, "correlate", "scale:x:0.2").sigma == 0.2
    # By hand: a fourth of 24 images.
    assert len(changed(blocks, "train", "0.25:3")) == 18
    assert len(changed(blocks, "validation", "0.25")) == 6
    assert len(changed(blocks, "validation", None)) == 2


def test_the_seed_of_a_split_is_passed_on():
    parts = [changed(BinaryGrid(), "validation", f"0.25:{seed}") for seed in (0, 1)]
    first = changed(BinaryGrid(), "validation", "0.25")
    np.testing.assert_array_equal(first.rows, parts[0].rows)
    assert not np.array_equal(parts[0].rows, parts[1].rows)


def test_names_of_changed_sets_say_what_was_done():
    dataset = changed(changed(BinaryGrid(), "fix", "shape:1"), "color", None)
    assert dataset.name == "blocks+fix=shape:1+color"
    assert [change.split()[0] for change in dataset.changes] == ["shape", "each"]


def test_every_change_of_the_catalog_is_known():
    assert len(CHANGES) == len(CHANGE_WORDS)
    for word in set(CHANGE_WORDS) - set(SOURCE_OPTIONS):
        with pytest.raises((ValueError, OSError)):
            changed(BinaryGrid(), word, "no such value")


@pytest.mark.parametrize(
    ("word", "value", "said"),
    [
        ("color", "red", "The change +color is written +color; received +color=red."),
        ("noise", "", "received +noise=."),
        ("background", "", "is written +background[=PICTURE]; received +background=."),
        ("hide", None, "is written +hide=FACTOR; received +hide. `kbvae data` says"),
        ("hide", "size", "has shape, scale, x; received 'size'."),
        ("fix", "shape", "is written +fix=FACTOR:CLASS; received +fix=shape."),
        (
            "fix",
            "shape:heart",
            "received +fix=shape:heart. CLASS is a number; `kbvae data blocks` shows",
        ),
        ("fix", "shape:2", "a class from 0 to 1; received 2."),
        ("correlate", "scale:x", "+correlate=FACTOR:FACTOR:SIGMA; received"),
        ("correlate", "scale:x:nan", "received +correlate=scale:x:nan."),
        ("correlate", None, "received +correlate."),
        ("correlate", "scale:x:0", "a sigma above 0"),
        ("train", "a tenth", "received +train=a tenth."),
        ("train", "0.1:-1", "received +train=0.1:-1."),
        ("validation", "1.5", "a share between 0 and 1; received validation=1.5."),
    ],
)
def test_values_that_do_not_fit_are_refused(word, value, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        changed(BinaryGrid(), word, value)
