import re

import keras
import numpy as np
import pytest
from small_model import small_images, small_model

from keras_bvae.training.checkpoint import load_checkpoint, save_checkpoint


def test_a_saved_model_comes_back(tmp_path):
    model, images = small_model(), small_images(4)
    save_checkpoint(model, tmp_path / "ckpt.keras")
    loaded = load_checkpoint(tmp_path / "ckpt.keras")
    np.testing.assert_allclose(loaded.encode(images)[0], model.encode(images)[0])
    assert [path.name for path in tmp_path.iterdir()] == ["ckpt.keras"]


def test_a_failed_save_keeps_the_old_file_and_leaves_nothing(tmp_path, monkeypatch):
    model, path = small_model(), tmp_path / "ckpt.keras"
    save_checkpoint(model, path)
    before = path.read_bytes()

    def fail(target, *args, **kwargs):
        target.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(model, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        save_checkpoint(model, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"must end in \.keras"):
        save_checkpoint(small_model(), tmp_path / "ckpt.h5")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=re.escape("none.keras")):
        load_checkpoint(tmp_path / "none.keras")


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_truncated_file_is_one_sentence(tmp_path, share):
    path = tmp_path / "ckpt.keras"
    save_checkpoint(small_model(), path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(ValueError, match="truncated or of another kind") as caught:
        load_checkpoint(path)
    assert "\n" not in str(caught.value)


def test_damage_inside_the_file_is_one_sentence(tmp_path):
    path = tmp_path / "ckpt.keras"
    save_checkpoint(small_model(), path)
    whole = bytearray(path.read_bytes())
    middle = len(whole) // 2
    whole[middle : middle + 64] = bytes(b ^ 255 for b in whole[middle : middle + 64])
    path.write_bytes(whole)
    with pytest.raises(ValueError, match="could not be read as one") as caught:
        load_checkpoint(path)
    assert "\n" not in str(caught.value)


def test_a_model_of_another_kind_is_named(tmp_path):
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(
        tmp_path / "foreign.keras"
    )
    with pytest.raises(ValueError, match="holds a Sequential"):
        load_checkpoint(tmp_path / "foreign.keras")


def test_code_in_a_file_is_not_run(tmp_path):
    layer = keras.layers.Lambda(lambda x: x)
    keras.Sequential([keras.Input((2,)), layer]).save(tmp_path / "lambda.keras")
    with pytest.raises(ValueError, match="could not be read as one"):
        load_checkpoint(tmp_path / "lambda.keras")
