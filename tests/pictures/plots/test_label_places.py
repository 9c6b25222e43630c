import numpy as np
import pytest

from keras_bvae.pictures.plots.label_places import spread_apart


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([0.5], [0.5]),
        ([0.2, 0.6], [0.2, 0.6]),  # far enough apart
        ([0.5, 0.5], [0.45, 0.55]),  # around where both would be
        ([0.5, 0.5, 0.5], [0.4, 0.5, 0.6]),
        ([0.52, 0.48], [0.55, 0.45]),  # in their order
        ([0.0, 0.0], [0.0, 0.1]),  # not below the end
        ([1.0, 0.99], [1.0, 0.9]),
        ([0.1, 0.5, 0.51, 0.9], [0.1, 0.455, 0.555, 0.9]),  # the others stay
    ],
)
def test_places_by_hand(places, expected):
    np.testing.assert_allclose(spread_apart(places, 0.1), expected, atol=1e-12)


def test_without_room_the_gap_shrinks():
    places = spread_apart(np.zeros(21), 0.1)
    np.testing.assert_allclose(np.diff(places), 0.05)
    assert places[0] == 0
    assert places[-1] == pytest.approx(1)


def test_random_places_keep_order_gap_and_ends():
    rng = np.random.default_rng(0)
    for _ in range(50):
        places = rng.random(8) ** 3
        moved = spread_apart(places, 0.09)
        ranked = moved[np.argsort(places, kind="stable")]
        assert (np.diff(ranked) >= 0.09 - 1e-9).all()
        assert ranked[0] >= 0
        assert ranked[-1] <= 1 + 1e-9


def test_no_label_needs_no_place():
    assert spread_apart([], 0.1).shape == (0,)
