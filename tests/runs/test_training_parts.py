import numpy as np
import pytest
from numbered_run import Squares
from small_model import small_model, small_model_of

import keras_bvae as kb
from keras_bvae.errors import InvalidValue
from keras_bvae.runs import Settings
from keras_bvae.runs.training_parts import HeldOutBatches, parts_of, require_held_out


@pytest.mark.across_backends
def test_the_seed_and_the_share_hold_images_out():
    whole = Squares()
    assert parts_of(Settings(), whole) == (whole, None)
    training, held_out = parts_of(Settings(validation=0.25, seed=3), whole)
    assert (len(training), len(held_out)) == (27, 9)
    expected = whole.split(0.25, seed=3)
    np.testing.assert_array_equal(training.rows, expected[0].rows)
    np.testing.assert_array_equal(held_out.rows, expected[1].rows)


@pytest.mark.across_backends
@pytest.mark.parametrize(
    ("batch_size", "sizes"), [(8, [9] * 4), (10, [12] * 3), (64, [36]), (36, [36])]
)
def test_no_image_is_left_out_and_no_batch_is_smaller(batch_size, sizes):
    batches = HeldOutBatches(Squares(), batch_size)
    served = [batches[index] for index in range(batches.num_batches)]
    assert [len(images) for images in served] == sizes
    expected = Squares().images_at(np.arange(36))
    np.testing.assert_array_equal(np.concatenate(served), expected)


@pytest.mark.across_backends
def test_a_single_image_is_too_few_where_images_are_compared():
    one, _ = Squares().split(0.99)
    assert len(one) == 1
    require_held_out(small_model(), one)
    with pytest.raises(InvalidValue, match="at least 2 of them; received a share of"):
        require_held_out(small_model_of(kb.FactorVAE, compiled=False), one)


def test_what_is_held_out_brings_its_condition():
    batches = HeldOutBatches(Squares(), 8, ("column",))
    images, classes = batches[0]
    np.testing.assert_array_equal(
        classes, Squares().factors_at(range(len(images)))[:, 1:]
    )
