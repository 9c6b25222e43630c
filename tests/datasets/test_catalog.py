import re
import subprocess
import sys

import numpy as np
import pytest
from official_dsprites_files import random_images, small_classes, write_npz

from keras_bvae import datasets
from keras_bvae.datasets.catalog import NAMES, load


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
        ("tfds:dsprite", "Did you mean tfds:dsprites?"),
        ("tfds:shapes3d", "Did you mean tfds:dsprites?"),
        ("", "Use dsprites to begin with."),
        (None, "Use dsprites to begin with."),
    ],
)
def test_unknown_name_lists_the_known_ones(name, hint):
    message = f"must be one of {', '.join(NAMES)}; received {name!r}. {hint}"
    with pytest.raises(ValueError, match=re.escape(message)):
        load(name)


def test_public_names_exist():
    for name in datasets.__all__:
        assert getattr(datasets, name)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        datasets.nothing  # noqa: B018


def test_catalog_alone_imports_nothing_heavy():
    # The package folder alone on the path: `keras_bvae` itself imports Keras.
    folder = datasets.__path__[0]
    script = (
        f"import sys; sys.path.insert(0, {folder!r}); import catalog; "
        "print([n for n in ('numpy', 'keras', 'h5py', 'sklearn') if n in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
