import re
from pathlib import Path

import h5py
import numpy as np
import pytest

from keras_bvae.datasets import load
from keras_bvae.datasets.own.array_opening import opened_array
from keras_bvae.errors import InvalidValue

BYTES = np.random.default_rng(0).integers(0, 256, (6, 8, 8), dtype=np.uint8)


@pytest.fixture
def usual(tmp_path):
    """An .npz file as data sets of Keras come."""
    path = tmp_path / "a.npz"
    np.savez(path, y_train=np.arange(6), x_train=BYTES, x_test=BYTES[::-1])
    return path


def test_a_member_is_named(usual):
    assert opened_array(usual, "x_train").shape == (6, 8, 8)
    for member, images in (("x_train", BYTES), ("x_test", BYTES[::-1])):
        dataset = load(f"array:{usual}+member={member}")
        dataset.prepare()
        np.testing.assert_array_equal(dataset.images_at([0, 5])[..., 0], images[[0, 5]])


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "none is called images: say which one, as +member=x_train."),
        ("+member=x", "it has no array 'x': say one of y_train, x_train, x_test."),
        ("+member=", "Write +member=x_train."),
    ],
)
def test_another_member_is_refused(usual, name, sentence):
    with pytest.raises(InvalidValue, match=re.escape(sentence) + "$"):
        load(f"array:{usual}{name}")


def test_a_member_is_for_npz(tmp_path):
    np.save(tmp_path / "a.npy", BYTES)
    with pytest.raises(InvalidValue, match=r"is for an \.npz file"):
        load(f"array:{tmp_path / 'a.npy'}+member=x")


def _hdf5(path):
    with h5py.File(path, "w") as file:
        file["images"] = BYTES


def _cut_short(path):
    np.save(path, BYTES)
    path.write_bytes(path.read_bytes()[:300])


def _zip(path):
    with path.open("wb") as file:
        np.savez(file, BYTES)


def _ragged(path):
    np.save(path, np.array([BYTES, BYTES[:2]], dtype=object))


@pytest.mark.parametrize(
    ("write", "advice"),
    [
        (_hdf5, "It is HDF5: read the array with h5py"),
        (_cut_short, "Copy it again"),
        (_zip, "give it that ending"),
        (_ragged, "numpy.stack(images)"),
    ],
)
def test_what_cannot_be_read_gets_the_advice_that_helps(tmp_path, write, advice):
    path = Path(tmp_path, "a.npy")
    write(path)
    with pytest.raises(InvalidValue, match=re.escape(advice)):
        opened_array(path)
