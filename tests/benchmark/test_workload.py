import numpy as np
import pytest
from tiny_workload import tiny_workload

from keras_bvae.benchmark import workload as fit_clock
from keras_bvae.benchmark.workload import FitClock, epochs_of, make_workload


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


def test_settings_are_checked():
    with pytest.raises(ValueError, match="`batch_size` must be a whole number >= 1"):
        tiny_workload(batch_size=0)


def test_the_first_epoch_is_not_timed(monkeypatch):
    ticks = iter([10.0, 12.0, 15.0])
    monkeypatch.setattr(fit_clock.time, "perf_counter", lambda: next(ticks))
    clock = FitClock(steps_per_epoch=5)
    for epoch, loss in enumerate([3.0, 2.0, 1.0]):
        clock.on_epoch_end(epoch, {"loss": loss})
    # Two epochs of five steps, from 10 s to 15 s.
    assert clock.timing() == (10, 5.0, 1.0)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [(1, (1, 1)), (2, (2, 1)), (40, (4, 10)), (400, (4, 100)), (1000, (10, 100))],
)
def test_epochs_are_quarters_of_a_run_or_a_hundred_steps(steps, expected):
    assert epochs_of(steps) == expected
