import pytest

from keras_bvae.benchmark import fit_clock
from keras_bvae.benchmark.fit_clock import FitClock, epochs_of


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
