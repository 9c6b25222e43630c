import keras
import pytest
from exported_model import assert_computes_the_same

from keras_bvae.export import litert_file

if keras.backend.backend() != "tensorflow":
    pytest.skip("LiteRT needs the tensorflow backend", allow_module_level=True)


def test_the_file_gives_the_same_codes_and_images_for_any_batch(tmp_path):
    assert_computes_the_same(litert_file, tmp_path, ".tflite")
