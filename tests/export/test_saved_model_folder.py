import keras
import pytest
from exported_model import SIDE, assert_computes_the_same

from keras_bvae.export import saved_model_folder

if keras.backend.backend() == "torch":
    pytest.skip("Keras writes no SavedModel on PyTorch", allow_module_level=True)

tensorflow = pytest.importorskip("tensorflow")


def test_the_folder_gives_the_same_codes_and_images_and_names_them(tmp_path):
    encoder, decoder = assert_computes_the_same(saved_model_folder, tmp_path, "")
    for path, taken, given in (
        (encoder, {"images": [None, SIDE, SIDE, 1]}, {"mean", "log_variance"}),
        (decoder, {"codes": [None, 3]}, {"image"}),
    ):
        loaded = tensorflow.saved_model.load(str(path))
        signature = loaded.signatures["serving_default"]
        _, inputs = signature.structured_input_signature
        assert {name: spec.shape.as_list() for name, spec in inputs.items()} == taken
        assert set(signature.structured_outputs) == given
