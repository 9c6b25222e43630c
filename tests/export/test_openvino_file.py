import keras
import pytest
from exported_model import SIDE, assert_computes_the_same

from keras_bvae.export import openvino_file

if keras.backend.backend() == "jax":
    pytest.skip("Keras cannot write OpenVINO on JAX", allow_module_level=True)

openvino = pytest.importorskip("openvino")


def test_the_files_give_the_same_codes_and_images_and_name_them(tmp_path):
    encoder, _ = assert_computes_the_same(openvino_file, tmp_path, ".xml")
    model = openvino.Core().read_model(str(encoder))
    names = [port.get_any_name() for port in (*model.inputs, *model.outputs)]
    assert names == ["images", "mean", "log_variance"]
    assert str(model.input().get_partial_shape()) == f"[?,{SIDE},{SIDE},1]"
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["decoder.bin", "decoder.xml", "encoder.bin", "encoder.xml"]
