import re
import zipfile

import keras
import numpy as np
import pytest
from small_model import small_images, small_model, small_model_of

import keras_bvae as kb
from keras_bvae.models.checkpoint import (
    load_checkpoint,
    read_state,
    restore_checkpoint,
    save_checkpoint,
)


def test_a_saved_model_comes_back(tmp_path):
    model, images = small_model(), small_images(4)
    save_checkpoint(model, tmp_path / "ckpt.keras")
    loaded = load_checkpoint(tmp_path / "ckpt.keras")
    np.testing.assert_allclose(loaded.encode(images)[0], model.encode(images)[0])
    assert [path.name for path in tmp_path.iterdir()] == ["ckpt.keras"]
    assert read_state(tmp_path / "ckpt.keras") == {}


def test_the_state_comes_back_and_the_model_loads_beside_it(tmp_path):
    path = tmp_path / "ckpt.keras"
    state = {"step": 3, "best": 0.1 + 0.2, "row": None, "names": ["β", "γ"]}
    save_checkpoint(small_model(beta=7.5), path, state)
    assert read_state(path) == state
    assert float(load_checkpoint(path).beta) == 7.5
    assert float(keras.saving.load_model(path).beta) == 7.5


@pytest.mark.across_backends
def test_a_state_that_json_cannot_hold_is_named_before_anything_is_written(tmp_path):
    with pytest.raises(ValueError, match="must be a dict that JSON can hold"):
        save_checkpoint(small_model(), tmp_path / "c.keras", {"a": np.zeros(2)})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.across_backends
def test_the_state_of_what_is_no_checkpoint_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=re.escape("none.keras")):
        read_state(tmp_path / "none.keras")
    (tmp_path / "half.keras").write_bytes(b"PK")
    with pytest.raises(ValueError, match="truncated or of another kind"):
        read_state(tmp_path / "half.keras")
    with zipfile.ZipFile(tmp_path / "bad.keras", "w") as archive:
        archive.writestr("keras_bvae_state.json", "{")
    with pytest.raises(ValueError, match="is damaged"):
        read_state(tmp_path / "bad.keras")


def test_the_same_state_makes_the_same_bytes(tmp_path):
    model = small_model()
    model.train_on_batch(small_images(4))
    members = []
    for name in ("a.keras", "b.keras"):
        save_checkpoint(model, tmp_path / name, {"step": 1, "seconds": 0.5})
        with zipfile.ZipFile(tmp_path / name) as archive:
            found = {name: archive.read(name) for name in archive.namelist()}
        del found["metadata.json"]  # the time
        members.append(found)
    assert members[0] == members[1]
    assert len(members[0]) == 3


def test_training_goes_on_bit_for_bit_in_a_model_that_is_restored(tmp_path):
    images, path = small_images(16), tmp_path / "ckpt.keras"
    model, other = small_model(), small_model(seed=9)
    model.fit(images, batch_size=8, epochs=2, shuffle=False, verbose=0)
    save_checkpoint(model, path)
    restore_checkpoint(other, path)
    means = [
        [keras.ops.convert_to_numpy(v.value) for v in m.metrics_variables]
        for m in (model, other)
    ]
    for ours, theirs in zip(*means, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    histories = [
        m.fit(images, batch_size=8, epochs=2, shuffle=False, verbose=0).history
        for m in (model, other)
    ]
    assert histories[0] == histories[1]


ema = keras.optimizers.Adam(use_ema=True)


@pytest.mark.across_backends
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: small_model_of(kb.FactorVAE), "holds keras_bvae>BetaVAE"),
        (lambda: small_model(optimizer="sgd"), "could not be loaded.*SGD"),
        (lambda: small_model(optimizer=ema), "could not be loaded.*Adam"),
    ],
)
def test_another_model_is_not_restored(tmp_path, make, reason):
    save_checkpoint(small_model(), tmp_path / "ckpt.keras")
    with pytest.raises(ValueError, match=reason) as caught:
        restore_checkpoint(make(), tmp_path / "ckpt.keras")
    assert "\n" not in str(caught.value)


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
