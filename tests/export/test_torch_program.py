import keras
import pytest
from exported_model import assert_computes_the_same

from keras_bvae.export import torch_program

if keras.backend.backend() != "torch":
    pytest.skip("PyTorch's programs need the torch backend", allow_module_level=True)


def test_the_program_gives_the_same_codes_and_images_for_any_batch(tmp_path):
    assert_computes_the_same(torch_program, tmp_path, ".pt2")
