import json

import keras
import pytest
from exported_model import SIDE, assert_computes_the_same, conv_model

BACKEND = keras.backend.backend()


def test_the_onnx_file_says_what_it_takes(tmp_path):
    pytest.importorskip("onnx")
    onnxruntime = pytest.importorskip("onnxruntime")
    paths = assert_computes_the_same("onnx", tmp_path, ("encoder", "decoder", "model"))
    shapes = {}
    for path in paths:
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        for value in (*session.get_inputs(), *session.get_outputs()):
            assert value.type == "tensor(float)"
            shapes[path.stem, value.name] = value.shape
        properties = session.get_modelmeta().custom_metadata_map
        assert json.loads(properties["keras_bvae"]) == {"why": "a test"}
    codes, image = ["batch", 3], ["batch", SIDE, SIDE, 1]
    assert shapes == {
        ("encoder", "images"): image,
        ("encoder", "mean"): codes,
        ("encoder", "log_variance"): codes,
        ("decoder", "codes"): codes,
        ("decoder", "image"): image,
        ("model", "images"): image,
        ("model", "mean"): codes,
        ("model", "log_variance"): codes,
        ("model", "image"): image,
    }


def test_the_model_trains_on_as_before(tmp_path):
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    before = len(conv_model().trainable_variables)
    assert_computes_the_same("onnx", tmp_path, ("encoder",))
    assert len(conv_model().trainable_variables) == before > 0


@pytest.mark.skipif(BACKEND == "torch", reason="Keras writes no SavedModel on PyTorch")
def test_the_folder_gives_the_same_codes_and_images_and_names_them(tmp_path):
    tensorflow = pytest.importorskip("tensorflow")
    encoder, decoder = assert_computes_the_same("saved_model", tmp_path)
    for path, taken, given in (
        (encoder, {"images": [None, SIDE, SIDE, 1]}, {"mean", "log_variance"}),
        (decoder, {"codes": [None, 3]}, {"image"}),
    ):
        loaded = tensorflow.saved_model.load(str(path))
        signature = loaded.signatures["serving_default"]
        _, inputs = signature.structured_input_signature
        assert {name: spec.shape.as_list() for name, spec in inputs.items()} == taken
        assert set(signature.structured_outputs) == given


@pytest.mark.skipif(BACKEND != "torch", reason="PyTorch's programs need torch")
def test_the_program_gives_the_same_codes_and_images_for_any_batch(tmp_path):
    assert_computes_the_same("torch", tmp_path)


@pytest.mark.skipif(BACKEND != "tensorflow", reason="LiteRT needs TensorFlow")
def test_the_file_gives_the_same_codes_and_images_for_any_batch(tmp_path):
    assert_computes_the_same("litert", tmp_path)


@pytest.mark.skipif(BACKEND == "jax", reason="Keras cannot write OpenVINO on JAX")
def test_the_files_give_the_same_codes_and_images_and_name_them(tmp_path):
    openvino = pytest.importorskip("openvino")
    encoder, _ = assert_computes_the_same("openvino", tmp_path)
    model = openvino.Core().read_model(str(encoder))
    names = [port.get_any_name() for port in (*model.inputs, *model.outputs)]
    assert names == ["images", "mean", "log_variance"]
    assert str(model.input().get_partial_shape()) == f"[?,{SIDE},{SIDE},1]"
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["decoder.bin", "decoder.xml", "encoder.bin", "encoder.xml"]
