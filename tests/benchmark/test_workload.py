import numpy as np
import pytest
from tiny_workload import tiny_workload

from keras_bvae.benchmark.workload import make_workload


def test_the_sample_fills_whole_batches_and_is_the_seeds():
    workload = tiny_workload(batch_size=8, images=30)
    assert workload.images.shape == (24, 16, 16, 1)
    assert len(workload.dataset) == 24
    np.testing.assert_array_equal(workload.images, tiny_workload(images=24).images)
    assert not np.array_equal(workload.images, tiny_workload(images=24, seed=1).images)


def test_a_sample_of_packed_images_serves_them_unpacked():
    workload = make_workload("higgins2017", batch_size=4, images=8)
    batch = workload.dataset.batches(4, shuffle=False)[1]
    assert batch.shape == (4, 64, 64, 1)
    assert set(np.unique(batch)) == {0, 255}
    np.testing.assert_array_equal(batch, workload.images[4:])


def test_the_model_is_the_one_of_kbvae_train():
    model = tiny_workload().model
    assert type(model).__name__ == "BetaVAE"
    assert float(model.beta) == 4.0
    assert float(model.optimizer.learning_rate) == pytest.approx(1e-4)


def test_a_batch_must_be_filled():
    with pytest.raises(ValueError, match="at least one batch; received batch_size=8 "):
        tiny_workload(batch_size=8, images=7)


def test_what_are_no_images_is_refused():
    with pytest.raises(ValueError, match=r"trains on images; received iris, .* rows"):
        make_workload("mlp", data="iris")


def test_settings_are_checked():
    with pytest.raises(ValueError, match="`batch_size` must be a whole number from 1"):
        tiny_workload(batch_size=0)


@pytest.mark.parametrize("images", [0, 2.5, True])
def test_a_sample_has_a_whole_number_of_images(images):
    with pytest.raises(ValueError, match=f">= 1; received images={images}"):
        tiny_workload(images=images)


def test_images_are_brought_to_a_size_and_a_number_of_channels():
    as_drawn = make_workload("mlp", batch_size=4, images=8).images
    workload = make_workload("conv", batch_size=4, images=8, size=32, channels=3)
    assert workload.images.shape == (8, 32, 32, 3)
    np.testing.assert_array_equal(workload.images[..., :1], as_drawn[:, ::2, ::2])
    np.testing.assert_array_equal(workload.images[..., 2:], as_drawn[:, ::2, ::2])
    batch = workload.dataset.batches(4, shuffle=False)[0]
    np.testing.assert_array_equal(batch, workload.images[:4])


@pytest.mark.parametrize(
    ("network", "form", "sentence"),
    [
        ("conv", {"size": 100}, "that conv halves evenly; received 100 × 100 pixels"),
        ("burgess2018", {"size": 100}, "burgess2018"),
        ("conv", {"channels": 2}, "1, 3 or 4 channels; received channels=2"),
        ("conv", {"size": 0}, "`size` must be a whole number >= 8"),
    ],
)
def test_forms_that_a_network_cannot_take_are_refused(network, form, sentence):
    with pytest.raises(ValueError, match=sentence):
        make_workload(network, batch_size=4, images=8, **form)
