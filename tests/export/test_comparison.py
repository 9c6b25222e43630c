import numpy as np
import pytest
from small_model import small_model

from keras_bvae.export.comparison import BATCHES, ExportDiffers, largest_difference
from keras_bvae.export.parts import part_of


@pytest.fixture(scope="module")
def encoder():
    return part_of(small_model(compiled=False), "encoder")


def test_equal_outputs_differ_by_nothing_on_every_batch(encoder):
    counts = []

    def run(images):
        assert images.dtype == np.float32
        assert 0 <= images.min() < 0.1 < 0.9 < images.max() <= 1
        counts.append(len(images))
        return encoder.outputs_of(images)

    assert largest_difference(encoder, run) == 0
    assert tuple(counts) == BATCHES == (1, 5)


def test_the_largest_difference_of_any_output_is_found(encoder):
    def run(images):
        mean, log_variance = map(np.array, encoder.outputs_of(images))
        log_variance[-1, 1] += 5e-5
        return mean, log_variance

    assert largest_difference(encoder, run) == pytest.approx(5e-5, rel=1e-2)


@pytest.mark.parametrize("wrong", [1e-2, np.nan])
def test_other_numbers_are_refused(encoder, wrong):
    def run(images):
        mean, log_variance = map(np.array, encoder.outputs_of(images))
        mean[0, 0] += wrong
        return mean, log_variance

    with pytest.raises(ExportDiffers, match=r"its mean differs by .* on 1 inputs"):
        largest_difference(encoder, run)


def test_a_batch_that_is_fixed_is_refused(encoder):
    def run(images):
        return [output[:1] for output in encoder.outputs_of(images)]

    with pytest.raises(ExportDiffers, match=r"shape \(1, 3\) instead of \(5, 3\)"):
        largest_difference(encoder, run)
