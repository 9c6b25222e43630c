import json

import keras
from small_model import small_model

from keras_bvae.export.description import describe_model, describe_part, versions
from keras_bvae.export.parts import part_of


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
