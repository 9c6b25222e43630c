import csv
import json

import numpy as np
import pytest
from small_model import small_images, small_model

from kbvae.commands import export as command
from keras_bvae.export import FORMATS, PARTS
from keras_bvae.export.formats import require_format
from keras_bvae.models.checkpoint import load_checkpoint, save_checkpoint
from keras_bvae.runs import open_run


@pytest.fixture
def checkpoint(tmp_path):
    (tmp_path / "run").mkdir()
    save_checkpoint(small_model(), tmp_path / "run" / "ckpt.keras")
    return tmp_path / "run" / "ckpt.keras"


def test_a_run_is_exported_beside_its_checkpoint_and_checked(kbvae, checkpoint):
    onnxruntime = pytest.importorskip("onnxruntime")
    with open(checkpoint.parent / "history.csv", "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerows([["step", "kl", "kl_0", "kl_1"], [10, 9, 9, 9], [20, 3, 1.5, 2]])
    result = kbvae("export", checkpoint)
    assert result.exit_code == 0, result.output
    folder = checkpoint.parent / "onnx"
    assert f"{folder}/encoder.onnx  images (batch, 8, 8, 1) to mean" in result.output
    assert "Checked with onnxruntime: outputs differ" in result.output
    record = json.loads((folder / "export.json").read_text("utf-8"))
    assert record["checkpoint"] == "ckpt.keras"
    assert record["training_kl_in_nats"] == {"kl_0": 1.5, "kl_1": 2.0}
    session = onnxruntime.InferenceSession(
        folder / "encoder.onnx", providers=["CPUExecutionProvider"]
    )
    images = small_images(5)
    (mean,) = session.run(["mean"], {"images": images.astype("float32") / 255})
    expected, _ = load_checkpoint(checkpoint).encode(images)
    np.testing.assert_allclose(mean, expected, rtol=0, atol=1e-4)
    # Again, other parts: the earlier export gives way.
    result = kbvae("export", checkpoint, "--part", "decoder")
    assert result.exit_code == 0, result.output
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["decoder.onnx", "export.json"]


def test_a_damaged_history_is_no_reason_not_to_export(checkpoint):
    opened = open_run(checkpoint, needs_data=False)
    (checkpoint.parent / "history.csv").write_text("step,kl_0\n1,high\n")
    assert command._notes(opened) == {"checkpoint": "ckpt.keras"}


def test_the_help_lists_what_the_library_has():
    assert set(command.FORMATS) == set(FORMATS)
    assert {name for names in command.PARTS.values() for name in names} == set(PARTS)


def test_the_help_says_which_backend_writes_what(kbvae):
    text = kbvae("export", "--help").output
    for name, kind in FORMATS.items():
        assert f"  {name:<13}{', '.join(kind.packages)}" in text


def test_a_format_that_the_backend_cannot_write_is_refused(refused, checkpoint):
    unable = []
    for name in FORMATS:
        try:
            require_format(name)
        except (ValueError, ModuleNotFoundError):
            unable.append(name)
    said = refused("export", checkpoint, "--format", unable[0])
    assert "Start with --backend" in said or "pip install" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("none.keras",), "found none at 'none.keras'"),
        (("run/ckpt.keras", "--format", "onxx"), "'onxx' is not one of"),
        (("run/ckpt.keras", "--part", "all"), "'all' is not one of"),
        (("run/ckpt.keras", "-o", "nowhere/out"), "nowhere"),
        (("run/ckpt.keras", "-o", "run"), "holds something else"),
        (("run/ckpt.keras", "-o", "a" * 250), "name that the disk can hold"),
    ],
)
def test_bad_input_is_one_sentence(refused, checkpoint, arguments, said):
    assert said in refused("export", *arguments)
