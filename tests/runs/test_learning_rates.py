import numpy as np
import pytest

from keras_bvae.runs import Settings
from keras_bvae.runs.learning_rates import learning_rate_of
from keras_bvae.schedules import value_at


def rates(steps, **typed):
    rate = learning_rate_of(Settings(learning_rate=0.5, steps=100, **typed))
    return [value_at(rate, step) for step in steps]


@pytest.mark.parametrize(
    ("kind", "half"),
    [
        ("linear", 0.3),  # (0.5 + 0.1) / 2
        ("cosine", 0.3),
        ("exponential", np.sqrt(0.5 * 0.1)),
    ],
)
def test_the_rate_falls_over_the_steps_after_the_warm_up(kind, half):
    typed = {"learning_rate_schedule": kind, "learning_rate_end": 0.1}
    np.testing.assert_allclose(
        rates([0, 50, 100, 150], **typed), [0.5, half, 0.1, 0.1], rtol=1e-6
    )
    np.testing.assert_allclose(
        rates([0, 10, 20, 60, 100], warm_up_steps=20, **typed),
        [0.0, 0.25, 0.5, half, 0.1],
        rtol=1e-6,
    )


def test_without_a_schedule_it_is_a_number():
    assert learning_rate_of(Settings(learning_rate=0.5)) == 0.5
    assert rates([0, 5, 10, 90], warm_up_steps=10) == [0.0, 0.25, 0.5, 0.5]


def test_where_it_ends_by_itself():
    assert Settings(learning_rate_schedule="cosine").learning_rate_end == 0
    ends = Settings(learning_rate_schedule="exponential", learning_rate=1.0)
    assert ends.learning_rate_end == 0.01
    assert Settings().learning_rate_end is None
