import re

import keras
import numpy as np
import pytest

from keras_bvae.losses.same_shape import require_same_shape


def test_equal_shapes_and_unknown_axes_pass():
    require_same_shape(one=np.zeros((2, 3)), other=np.zeros((2, 3)))
    require_same_shape(one=keras.KerasTensor((None, 3)), other=np.zeros((2, 3)))


@pytest.mark.parametrize("shape", [(2, 4), (2,), (2, 3, 1)])
def test_other_shapes_are_both_named(shape):
    said = f"one.shape=(2, 3), other.shape={shape}"
    with pytest.raises(ValueError, match=re.escape(said)):
        require_same_shape(one=np.zeros((2, 3)), other=np.zeros(shape))
