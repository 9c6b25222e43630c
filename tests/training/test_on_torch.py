"""What PyTorch alone has; what all backends share is tested in test_engine.py."""

import keras
import numpy as np
import pytest

if keras.backend.backend() != "torch":
    pytest.skip("PyTorch's engine needs the torch backend", allow_module_level=True)

from keras_bvae.training import on_torch

pytestmark = pytest.mark.across_backends


@pytest.mark.parametrize("size", [2, 4, 6])
def test_the_transposed_convolution_is_keras_own(size):
    rng = np.random.default_rng(0)
    images = keras.ops.convert_to_tensor(rng.normal(size=(2, 3, 5, 4)).astype("f"))
    kernel = keras.ops.convert_to_tensor(
        rng.normal(size=(size, size, 2, 4)).astype("f")
    )
    ours = on_torch.strided_transposed_convolution(images, kernel)
    theirs = keras.ops.conv_transpose(
        images, kernel, 2, "same", data_format="channels_last"
    )
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-5, atol=1e-5)


def test_a_read_only_array_makes_no_warning(recwarn):
    array = np.arange(4, dtype="uint8")
    array.setflags(write=False)
    on_torch.to_device(array)
    assert not recwarn.list
