import keras
import numpy as np
import pytest
from small_model import small_images, small_networks

import keras_bvae as kb


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
def test_pixels_go_in_and_come_out_between_0_and_1(likelihood):
    model = kb.BetaVAE(*small_networks(), likelihood=likelihood, seed=0)
    images = small_images()
    assert model.takes_pixels()
    seen = keras.ops.convert_to_numpy(model.network_input(images))
    np.testing.assert_allclose(seen, images / 255, rtol=1e-6)
    as_array = model._network_input_of_array(images)
    np.testing.assert_allclose(as_array, seen, rtol=1e-6)
    output = keras.ops.convert_to_tensor([-3.0, 0.5, 3.0])
    expected = keras.ops.convert_to_numpy(model.expected_image(output))
    assert expected.min() >= 0
    assert expected.max() <= 1


def test_numbers_of_a_table_are_no_pixels():
    model = kb.BetaVAE(*small_networks(), likelihood="gaussian")
    assert model.takes_pixels()
    assert not model.takes_pixels(axes=1)
    assert kb.BetaVAE(*small_networks()).takes_pixels(axes=1)
