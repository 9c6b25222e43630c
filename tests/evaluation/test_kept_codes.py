import os
import sys

import numpy as np
import pytest
from numbered_run import Squares
from small_model import small_model

from keras_bvae.evaluation import evaluate_model, kept_codes

LEAST_IMAGES_OF = sys.modules["keras_bvae.evaluation.kept_codes"]


class Drawn(Squares):
    content_version = "1"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A checkpoint, its model that counts what it encodes, and where codes are kept."""
    monkeypatch.setattr(LEAST_IMAGES_OF, "LEAST_IMAGES", 1)
    model, checkpoint = small_model(seed=1), tmp_path / "ckpt.keras"
    checkpoint.write_bytes(b"a checkpoint")
    model.encoded = []
    encode = model.encode

    def counted(images):
        model.encoded.append(len(images))
        return encode(images)

    monkeypatch.setattr(model, "encode", counted)
    return model, checkpoint, tmp_path / "ckpt-codes.bin"


def scores(model, checkpoint, dataset=None, names=("mig", "irs")):
    dataset = dataset or Drawn()
    kept = kept_codes(checkpoint, model, dataset)
    results = evaluate_model(model, dataset, names, quick=True, kept=kept)
    return [{**score, "seconds": 0} for score in results["scores"]]


@pytest.mark.across_backends
def test_codes_are_encoded_once_and_then_read(place):
    model, checkpoint, file = place
    names = ("beta_vae", "mig", "irs")
    direct = evaluate_model(model, Drawn(), names, quick=True)
    direct = [{**score, "seconds": 0} for score in direct["scores"]]
    model.encoded.clear()
    first = scores(model, checkpoint, names=names)
    assert model.encoded == [36]
    assert file.is_file()
    written = file.stat().st_mtime_ns
    again = scores(model, checkpoint, names=names)
    assert model.encoded == [36]
    assert str(again) == str(first) == str(direct)
    assert file.stat().st_mtime_ns == written


def test_codes_of_another_state_are_encoded_anew_and_replaced(place):
    model, checkpoint, file = place
    scores(model, checkpoint)
    before = file.read_bytes()
    checkpoint.write_bytes(b"another checkpoint")
    scores(model, checkpoint)
    assert model.encoded == [36, 36]
    weight = model.encoder.trainable_variables[0]
    weight.assign(weight.value * 2)
    scores(model, checkpoint)
    assert model.encoded == [36, 36, 36]
    assert file.read_bytes() != before
    other = Drawn()
    other.content_version = "2"
    scores(model, checkpoint, other)
    assert len(model.encoded) == 4


@pytest.mark.parametrize("cut", [0, 5, -40, -1, None])
def test_damaged_codes_are_no_codes(place, cut):
    model, checkpoint, file = place
    right = scores(model, checkpoint)
    whole = file.read_bytes()
    damaged = bytearray(whole)
    damaged[-50] ^= 1
    file.write_bytes(bytes(damaged) if cut is None else whole[:cut])
    assert str(scores(model, checkpoint)) == str(right)
    assert model.encoded == [36, 36]
    # What begins as ours is replaced; what does not is left.
    assert (file.read_bytes() == whole) == (cut not in (0, 5))


def test_a_larger_file_is_not_read(place):
    model, checkpoint, file = place
    scores(model, checkpoint)
    with open(file, "ab") as opened:
        opened.truncate(2**34)
    scores(model, checkpoint)
    assert model.encoded == [36, 36]
    assert file.stat().st_size < 10_000


def test_nothing_is_read_or_written_through_a_link(place):
    model, checkpoint, file = place
    target = file.with_name("elsewhere")
    scores(model, checkpoint)
    file.rename(target)
    file.symlink_to(target)
    before = target.read_bytes()
    scores(model, checkpoint)
    assert model.encoded == [36, 36]
    assert file.is_symlink()
    assert target.read_bytes() == before


def test_a_folder_that_cannot_be_written_does_not_matter(place, monkeypatch):
    model, checkpoint, file = place

    def refuse(folder):
        raise PermissionError(folder)

    monkeypatch.setattr("keras_bvae.files.whole_file.require_writable_folder", refuse)
    assert scores(model, checkpoint)
    assert os.listdir(file.parent) == ["ckpt.keras"]


def test_a_users_file_of_that_name_stays(place):
    model, checkpoint, file = place
    file.write_text("mine")
    scores(model, checkpoint)
    assert file.read_text() == "mine"


def test_codes_that_may_change_are_not_kept(place):
    model, checkpoint, _ = place
    assert kept_codes(checkpoint, model, Squares()) is None
    assert kept_codes(checkpoint.with_name("none.keras"), model, Drawn()) is None
    long = Drawn()
    long.__class__ = type("Long", (Drawn,), {"__len__": lambda self: 2**28})
    assert kept_codes(checkpoint, model, long) is None


def test_a_few_images_are_not_worth_a_file(place, monkeypatch):
    model, checkpoint, file = place
    monkeypatch.setattr(LEAST_IMAGES_OF, "LEAST_IMAGES", 37)
    scores(model, checkpoint)
    assert not file.exists()


def test_parts_that_were_known_are_kept_with_those_of_now(place):
    model, checkpoint, _ = place
    kept = kept_codes(checkpoint, model, Drawn())
    codes = model.encode(Drawn().images_at(np.arange(36)))[0]
    is_known = np.arange(36) < 20
    kept.write(is_known, codes)
    model.encoded.clear()
    scores(model, checkpoint)
    assert model.encoded == [16]
    known, found = kept.read()
    assert known.all()
    np.testing.assert_array_equal(found[:20], codes[:20])
