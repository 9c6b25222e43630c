import json
import shutil

import pytest

from keras_bvae.export.earlier_export import foreign_in

pytestmark = pytest.mark.across_backends


def describe(folder, **changes):
    record = {"format": "saved_model", "parts": {"encoder": {}}, "versions": {}}
    record |= {"image_shape": [8, 8, 1], "latent_dim": 3, **changes}
    (folder / "export.json").write_text(json.dumps(record))


@pytest.fixture
def folder(tmp_path):
    """What an export of a SavedModel leaves behind, as far as it is looked at."""
    variables = tmp_path / "encoder" / "variables"
    variables.mkdir(parents=True)
    for name in ("variables.index", "variables.data-00000-of-00001"):
        (variables / name).write_bytes(b"")
    for name in ("saved_model.pb", "fingerprint.pb"):
        (tmp_path / "encoder" / name).write_bytes(b"")
    describe(tmp_path)
    return tmp_path


def test_an_export_is_known(folder):
    assert foreign_in(folder) is None
    shutil.rmtree(folder / "encoder")
    (folder / "encoder.onnx").write_bytes(b"")
    describe(folder, format="onnx")
    assert foreign_in(folder) is None


@pytest.mark.parametrize(
    "name",
    [
        "encoder.txt",
        "decoder.onnx",
        "encoder/notes.txt",
        "encoder/variables/mine.npy",
        "model.keras",
        "export.txt",
    ],
)
def test_what_only_sounds_like_a_part_is_foreign(folder, name):
    (folder / name).write_text("mine")
    assert foreign_in(folder) == name


def test_a_part_that_the_description_does_not_name_is_foreign(folder):
    describe(folder, parts={"decoder": {}})
    assert foreign_in(folder) == "encoder"


@pytest.mark.parametrize(
    "mark", ["{}", "[]", "half", '{"format": ["onnx"], "parts": 1}', "[" * 100_000]
)
def test_a_mark_of_somebody_else_is_none(folder, mark):
    (folder / "export.json").write_text(mark)
    assert foreign_in(folder) == "encoder"
