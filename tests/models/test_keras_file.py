"""Checkpoints that came from elsewhere: one sentence, at once, and nothing is read."""

import io
import os
import zipfile

import h5py
import numpy as np
import pytest
from damaged_bytes import FEW_HUNDRED, assert_read_or_refused, damaged, edits
from hypothesis import given
from small_model import small_model

from keras_bvae.models.checkpoint import (
    load_checkpoint,
    read_state,
    restore_checkpoint,
    save_checkpoint,
)

WEIGHTS = "model.weights.h5"


@pytest.fixture(scope="module")
def members(tmp_path_factory):
    path = tmp_path_factory.mktemp("sound") / "ckpt.keras"
    save_checkpoint(small_model(), path, {"step": 1})
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path, members, packing=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def assert_refused(path, said):
    for read in (load_checkpoint, lambda path: restore_checkpoint(small_model(), path)):
        with pytest.raises(ValueError, match=said) as caught:
            read(path)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 1000


def with_weights(members, change):
    stream = io.BytesIO(members[WEIGHTS])
    with h5py.File(stream, "a") as file:
        change(file)
    return {**members, WEIGHTS: stream.getvalue()}


def first_array(file):
    found = []
    file.visititems(
        lambda name, item: (
            found.append(name) if isinstance(item, h5py.Dataset) else None
        )
    )
    return found[0]


def link_outside(file):
    name = first_array(file)
    del file[name]
    file[name] = h5py.ExternalLink("other.h5", "secret")


def link_inside(file):
    file["again"] = h5py.SoftLink("/layers")


def virtual(file):
    layout = h5py.VirtualLayout(shape=(4,), dtype="f4")
    layout[:] = h5py.VirtualSource("other.h5", "secret", shape=(4,))
    file.create_virtual_dataset("virtual", layout)


def stored_outside(file):
    file.create_dataset("outside", (4,), "f4", external=[("other.bin", 0, 16)])


def claim_much(file):
    file.create_dataset("bomb", (10**6, 10**6), "f4", chunks=(1000, 1000))


def text(file):
    file["text"] = "words"


def structured(file):
    file["pairs"] = np.zeros(3, [("a", "f4"), ("b", "f4")])


@pytest.mark.across_backends
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (link_outside, "link to elsewhere"),
        (link_inside, "link to elsewhere"),
        (virtual, "link to elsewhere"),
        (stored_outside, "link to elsewhere"),
        (claim_much, "claim more numbers than it has"),
        (text, "no numbers"),
        (structured, "no numbers"),
    ],
)
def test_weights_that_point_elsewhere_or_claim_what_is_not_there(
    tmp_path, members, change, said
):
    assert_refused(write(tmp_path / "a.keras", with_weights(members, change)), said)


def test_layers_larger_than_the_weights_are_not_made(tmp_path, members):
    config = members["config.json"].decode()
    assert '"units": 16' in config
    large = config.replace('"units": 16', f'"units": {10**9}')
    path = write(tmp_path / "a.keras", {**members, "config.json": large})
    with pytest.raises(ValueError, match="layers larger than its weights"):
        load_checkpoint(path)
    load_checkpoint(write(tmp_path / "b.keras", members))  # nothing of it is left


@pytest.mark.across_backends
@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("[" * 100_000, "nested too deep"),
        ('{"a": NaN}', "must be JSON"),
        ("[]", "no object"),
        (b"\xff\xfe", "must be JSON"),
        ('{"config": {}}', "does not fit|could not be read"),
        ("{}", "does not fit|could not be read"),
    ],
)
def test_settings_that_are_none(tmp_path, members, config, said):
    path = write(tmp_path / "a.keras", {**members, "config.json": config})
    assert_refused(path, said)


@pytest.mark.across_backends
def test_a_zip_that_holds_far_more_than_it_has_is_not_unpacked(tmp_path, members):
    bomb = {**members, "metadata.json": bytes(2**25)}
    path = write(tmp_path / "a.keras", bomb, zipfile.ZIP_DEFLATED)
    assert_refused(path, "bytes claim to hold")
    # Packed as another program would do it, it is read.
    load_checkpoint(write(tmp_path / "b.keras", members, zipfile.ZIP_DEFLATED))


@pytest.mark.across_backends
@pytest.mark.parametrize("name", ["../evil", "assets/../../evil", "/evil", "C:\\evil"])
def test_members_that_lead_out_are_refused(tmp_path, members, name):
    path = write(tmp_path / "a.keras", {**members, name: b"evil"})
    assert_refused(path, "leads out of it")


@pytest.mark.across_backends
def test_encrypted_members_are_refused(tmp_path, members):
    path = write(tmp_path / "a.keras", members)
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        start = content.find(mark)
        while start >= 0:
            content[start + place] |= 1
            start = content.find(mark, start + 4)
    path.write_bytes(content)
    assert_refused(path, "is encrypted")
    with pytest.raises(ValueError, match="is encrypted"):
        read_state(path)


@pytest.mark.across_backends
@pytest.mark.parametrize("state", ["[" * 100_000, "[1]", '{"step": NaN}', b"\xff"])
def test_a_state_that_is_none_is_one_sentence(tmp_path, members, state):
    path = write(tmp_path / "a.keras", {**members, "keras_bvae_state.json": state})
    with pytest.raises(ValueError, match="is damaged") as caught:
        read_state(path)
    assert len(str(caught.value)) < 1000


@pytest.mark.across_backends
def test_what_is_no_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.keras")
    with pytest.raises(OSError, match="is a pipe"):
        load_checkpoint(tmp_path / "a.keras")
    (tmp_path / "b.keras").mkdir()
    with pytest.raises(IsADirectoryError, match="is a folder"):
        load_checkpoint(tmp_path / "b.keras")
    (tmp_path / "c.keras").symlink_to("nowhere")
    with pytest.raises(FileNotFoundError, match="must exist"):
        load_checkpoint(tmp_path / "c.keras")


@pytest.mark.across_backends
def test_a_link_to_a_checkpoint_is_one(tmp_path, members):
    write(tmp_path / "a.keras", members)
    (tmp_path / "b.keras").symlink_to("a.keras")
    assert load_checkpoint(tmp_path / "b.keras").latent_dim == 3


@pytest.mark.across_backends
@FEW_HUNDRED
@given(edits())
def test_however_a_file_is_damaged_it_is_read_or_refused(
    tmp_path_factory, members, changes
):
    path = tmp_path_factory.getbasetemp() / "damaged.keras"
    path.write_bytes(damaged(write(path, members).read_bytes(), changes))
    for read in (load_checkpoint, read_state):
        assert_read_or_refused(read, path)
