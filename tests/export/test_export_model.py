import json

import keras
import numpy as np
import pytest
from exported_model import conv_model
from small_model import small_model

import keras_bvae as kb
from keras_bvae.errors import ExportDiffers
from keras_bvae.export import FORMATS, export_model
from keras_bvae.export.export_model import (
    BATCHES,
    describe_model,
    describe_part,
    largest_difference,
    versions,
)
from keras_bvae.export.formats import runtime_of
from keras_bvae.export.parts import part_of
from keras_bvae.models import from_pytorch
from keras_bvae.networks import build

ALL = ("tensorflow", "jax", "torch")


needs_onnx_runtime = pytest.mark.skipif(
    runtime_of("onnx") is None, reason="ONNX Runtime is not installed"
)


def run_onnx(path, name, array):
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(None, {name: array})


def stub_format(monkeypatch, run=None):
    """`format="onnx"` writes a line of text; `run(part, array)` is what runs it."""

    def write(part, path, description):
        path.write_text(description["computes"])

    def load(part, path):
        return lambda array: run(part, array)

    runtimes = ("numpy",) if run else ("no_such_runtime",)
    kind = FORMATS["onnx"]._replace(
        write=write, load=load, runtimes=runtimes, packages=dict.fromkeys(ALL, ())
    )
    monkeypatch.setitem(FORMATS, "onnx", kind)


@needs_onnx_runtime
@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
def test_onnx_of_a_model_gives_its_codes_and_images(tmp_path, likelihood):
    model = conv_model(likelihood)
    record = export_model(model, tmp_path / "out", notes={"checkpoint": "c.keras"})
    written = json.loads((tmp_path / "out" / "export.json").read_text("utf-8"))
    assert written == record
    assert (written["checkpoint"], written["likelihood"]) == ("c.keras", likelihood)
    assert written["checked_with"] == "onnxruntime"
    images = np.random.default_rng(0).random((5, 16, 16, 1), dtype="float32")
    mean, log_variance = model.encode(images)
    for count in (1, 5):
        path = tmp_path / "out" / written["parts"]["encoder"]["file"]
        received = run_onnx(path, "images", images[:count])
        for ours, theirs in zip(received, (mean, log_variance), strict=True):
            np.testing.assert_allclose(ours, theirs[:count], rtol=0, atol=1e-4)
        path = tmp_path / "out" / written["parts"]["decoder"]["file"]
        (image,) = run_onnx(path, "codes", 9 * mean[:count])
        expected = model.decode(9 * mean[:count])
        np.testing.assert_allclose(image, expected, rtol=0, atol=1e-4)
    assert all(part["largest_difference"] < 1e-4 for part in written["parts"].values())


@needs_onnx_runtime
def test_a_published_checkpoint_gives_the_same_codes_of_official_images(
    tmp_path, shared_data
):
    pytest.importorskip("torch")
    model = from_pytorch(shared_data / "published_checkpoints" / "betaH_dsprites.pt")
    frames = np.load(shared_data / "dsprites_official_frames.npz")["images"]
    images = (frames[:20, ..., None] > 0).astype("float32")
    export_model(model, tmp_path / "out")
    mean, log_variance = run_onnx(tmp_path / "out" / "encoder.onnx", "images", images)
    ours = model.encode(images)
    assert np.abs(ours[0]).max() > 1  # not a file of zeros
    np.testing.assert_allclose(mean, ours[0], rtol=0, atol=1e-4)
    np.testing.assert_allclose(log_variance, ours[1], rtol=0, atol=1e-4)
    (image,) = run_onnx(tmp_path / "out" / "decoder.onnx", "codes", mean)
    np.testing.assert_allclose(image, model.decode(mean), rtol=0, atol=1e-4)


def test_parts_are_written_once_each_with_their_progress(tmp_path, monkeypatch):
    stub_format(monkeypatch, lambda part, array: part.outputs_of(array))
    seen = []
    export_model(
        small_model(compiled=False),
        tmp_path / "out",
        parts=("model", "encoder", "model"),
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == [(0, 2), (1, 2), (2, 2)]
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["encoder.onnx", "export.json", "model.onnx"]


@pytest.mark.across_backends
def test_a_model_that_diverged_is_not_written(tmp_path, monkeypatch):
    stub_format(monkeypatch)
    model = small_model(compiled=False)
    weights = model.decoder.get_weights()
    weights[0][:] = np.nan
    model.decoder.set_weights(weights)
    with pytest.raises(ValueError, match="decoder must have finite weights"):
        export_model(model, tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_a_file_that_computes_something_else_is_not_kept(tmp_path, monkeypatch):
    stub_format(monkeypatch, lambda part, a: [x + 0.01 for x in part.outputs_of(a)])
    with pytest.raises(ExportDiffers, match="nothing was written"):
        export_model(small_model(compiled=False), tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_without_a_runtime_the_record_says_that_nothing_was_run(tmp_path, monkeypatch):
    stub_format(monkeypatch)
    record = export_model(small_model(compiled=False), tmp_path / "out")
    assert record["checked_with"] is None
    assert {p["largest_difference"] for p in record["parts"].values()} == {None}


def test_notes_that_json_cannot_hold_are_refused_before_anything_is_made(
    tmp_path, monkeypatch
):
    stub_format(monkeypatch)
    model = small_model(compiled=False)
    with pytest.raises(ValueError, match="`notes` must be a dict that JSON can hold"):
        export_model(model, tmp_path / "out", notes={"codes": np.zeros(3)})
    assert not list(tmp_path.iterdir())


def test_another_folder_is_refused_before_anything_is_made(tmp_path, monkeypatch):
    stub_format(monkeypatch)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="holds something else"):
        export_model(small_model(compiled=False), tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.txt"]


@pytest.fixture(scope="module")
def encoder():
    return part_of(small_model(compiled=False), "encoder")


def test_equal_outputs_differ_by_nothing_on_every_batch(encoder):
    counts = []

    def run(images):
        assert images.dtype == np.float32
        assert 0 <= images.min() < 0.1 < 0.9 < images.max() <= 1
        counts.append(len(images))
        return encoder.outputs_of(images)

    assert largest_difference(encoder, run) == 0
    assert tuple(counts) == BATCHES == (1, 5)


def test_the_largest_difference_of_any_output_is_found(encoder):
    def run(images):
        mean, log_variance = map(np.array, encoder.outputs_of(images))
        log_variance[-1, 1] += 5e-5
        return mean, log_variance

    assert largest_difference(encoder, run) == pytest.approx(5e-5, rel=1e-2)


@pytest.mark.parametrize("wrong", [1e-2, np.nan])
def test_other_numbers_are_refused(encoder, wrong):
    def run(images):
        mean, log_variance = map(np.array, encoder.outputs_of(images))
        mean[0, 0] += wrong
        return mean, log_variance

    with pytest.raises(ExportDiffers, match=r"its mean differs by .* on 1 inputs"):
        largest_difference(encoder, run)


def test_a_batch_that_is_fixed_is_refused(encoder):
    def run(images):
        return [output[:1] for output in encoder.outputs_of(images)]

    with pytest.raises(ExportDiffers, match=r"shape \(1, 3\) instead of \(5, 3\)"):
        largest_difference(encoder, run)


def test_a_model_is_described_in_plain_values():
    model = small_model(beta=2.5, likelihood="gaussian", compiled=False)
    record = describe_model(model)
    assert json.loads(json.dumps(record)) == record
    assert record["objective"] == "BetaVAE"
    assert record["strengths"] == {"beta": 2.5}
    assert (record["likelihood"], record["latent_dim"]) == ("gaussian", 3)
    assert (record["image_shape"], record["step"]) == ([8, 8, 1], 0)


def test_a_part_names_shapes_types_and_meanings():
    record = describe_part(part_of(small_model(compiled=False), "decoder"), "d.onnx")
    assert json.loads(json.dumps(record)) == record
    assert record["file"] == "d.onnx"
    codes, image = record["inputs"]["codes"], record["outputs"]["image"]
    assert (codes["shape"], codes["dtype"]) == (["batch", 3], "float32")
    assert image["shape"] == ["batch", 8, 8, 1]
    assert "0 (dark) to 1" in image["meaning"]


def test_versions_name_the_backend_and_the_packages():
    record = versions()
    assert record["backend"] == keras.backend.backend()
    assert record["keras"] == keras.__version__
    assert "keras-bvae" in record


@pytest.mark.skipif(
    keras.backend.backend() != "torch", reason="the other converters know them"
)
def test_convolutions_of_three_axes_are_refused_where_no_converter_knows_them(tmp_path):
    networks = build("conv3d", (8, 8, 8, 1), 2)
    model = kb.BetaVAE(*networks, likelihood="gaussian")
    with pytest.raises(ValueError, match=r"three axes .* on tensorflow or jax"):
        export_model(model, tmp_path / "out", "onnx")
    assert not list(tmp_path.iterdir())
