import os
import sys
import zipfile

import keras
import numpy as np
import pytest
from damaged_bytes import FEW_HUNDRED, assert_read_or_refused, damaged, edits
from hypothesis import given

from keras_bvae.models import from_pytorch
from keras_bvae.models.pytorch_file import read_tensors

torch = pytest.importorskip("torch")

from torch_networks import TorchBurgess, small_state, write_safetensors  # noqa: E402

pytestmark = pytest.mark.across_backends


def test_truncated_file_is_refused_in_one_sentence(tmp_path):
    torch.save(TorchBurgess(32, 1, 2).state_dict(), tmp_path / "model.pt")
    whole = (tmp_path / "model.pt").read_bytes()
    (tmp_path / "model.pt").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="could not be read as one") as caught:
        from_pytorch(tmp_path / "model.pt")
    assert "\n" not in str(caught.value)


def nested(depth):
    value = {}
    for _ in range(depth):
        value = {"a": value, "b": value, "c": value}
    return value


@pytest.mark.parametrize(
    "content", [nested(7), nested(100), torch.nn.Linear(1, 1), {"a": os.getcwd}]
)
@pytest.mark.parametrize("is_new", [True, False])
def test_bombs_and_objects_are_one_sentence(tmp_path, content, is_new):
    path = tmp_path / "model.pt"
    torch.save(content, path, _use_new_zipfile_serialization=is_new)
    with pytest.raises(ValueError, match="must") as caught:
        from_pytorch(path)
    assert "\n" not in str(caught.value)
    assert "weights_only" not in str(caught.value)


def test_the_format_before_zip_is_read(tmp_path):
    path = tmp_path / "model.pt"
    torch.save(small_state(), path, _use_new_zipfile_serialization=False)
    assert from_pytorch(path).latent_dim == 2


def test_zips_that_pytorch_would_not_write_are_refused(tmp_path):
    torch.save(small_state(), tmp_path / "model.pt")
    with zipfile.ZipFile(tmp_path / "model.pt") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(tmp_path / "packed.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(ValueError, match="members are compressed"):
        from_pytorch(tmp_path / "packed.pt")
    with zipfile.ZipFile(tmp_path / "long.pt", "w") as archive:
        archive.writestr("archive/data.pkl", bytes(2**23))
    with pytest.raises(ValueError, match="far more than tensors"):
        from_pytorch(tmp_path / "long.pt")


def test_a_pipe_is_not_waited_for_and_a_folder_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "model.pt")
    with pytest.raises(OSError, match="is a pipe"):
        from_pytorch(tmp_path / "model.pt")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        from_pytorch(tmp_path)


def test_safetensors_are_read_without_pytorch(tmp_path, monkeypatch):
    state = small_state()
    torch.save(state, tmp_path / "plain.pt")
    expected = from_pytorch(tmp_path / "plain.pt").get_weights()
    state["encoder.lin2.bias"] = state["encoder.lin2.bias"].bfloat16()
    write_safetensors(tmp_path / "a.safetensors", state)
    if keras.backend.backend() != "torch":
        monkeypatch.setitem(sys.modules, "torch", None)
    found = from_pytorch(tmp_path / "a.safetensors").get_weights()
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2**-8)


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [10**9, 10**9], "data_offsets": [0, 8]},
        {"dtype": "F32", "shape": [2], "data_offsets": [0, 10**12]},
        {"dtype": "F32", "shape": [-1], "data_offsets": [8, 0]},
        {"dtype": "I64", "shape": [1], "data_offsets": [0, 8]},
        {"shape": [2]},
        [],
    ],
)
def test_odd_safetensors_are_one_sentence(tmp_path, entry):
    path = tmp_path / "a.safetensors"
    name = "encoder.lin1.bias"
    write_safetensors(path, small_state(), lambda header: {**header, name: entry})
    with pytest.raises(ValueError, match="checkpoint must") as caught:
        from_pytorch(path)
    assert "\n" not in str(caught.value)
    path.write_bytes(b"\xff" * 100)
    with pytest.raises(ValueError, match="no possible length"):
        from_pytorch(path)


def test_files_that_would_run_code_are_refused(tmp_path):
    torch.save({"callable": print}, tmp_path / "model.pt")
    with pytest.raises(ValueError, match="could not be read as one"):
        from_pytorch(tmp_path / "model.pt")


@pytest.fixture(scope="module")
def published_bytes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published")
    torch.save(small_state(), folder / "a.pt")
    write_safetensors(folder / "a.safetensors", small_state())
    return {path.suffix: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("ending", [".pt", ".safetensors"])
@FEW_HUNDRED
@given(edits())
def test_however_a_file_is_damaged_it_is_converted_or_refused(
    tmp_path_factory, published_bytes, ending, changes
):
    path = tmp_path_factory.getbasetemp() / f"damaged{ending}"
    path.write_bytes(damaged(published_bytes[ending], changes))
    assert_read_or_refused(read_tensors, path)
