import json

import pytest
from exported_model import SIDE, assert_computes_the_same, conv_model

from keras_bvae.export import onnx_file

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")


def test_the_file_gives_the_same_codes_and_images_and_says_what_it_takes(tmp_path):
    paths = assert_computes_the_same(
        onnx_file, tmp_path, ".onnx", ("encoder", "decoder", "model")
    )
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
    before = len(conv_model().trainable_variables)
    assert_computes_the_same(onnx_file, tmp_path, ".onnx", ("encoder",))
    assert len(conv_model().trainable_variables) == before > 0
