import numpy as np
import pytest
from binary_grid import BinaryGrid
from numbered_images import NumberedImages

from keras_bvae.datasets.changes.correlated_factors import CorrelatedFactors
from keras_bvae.datasets.changes.subset import Subset
from keras_bvae.datasets.factor_grid import FactorGrid


def square(sigma, size=8):
    base = NumberedImages(size * size * 3)
    base.factor_space = FactorGrid(("a", "b", "c"), (size, size, 3))
    return CorrelatedFactors(base, "a", "b", sigma)


def drawn(dataset, passes=60, **settings):
    """Factors of what many passes of training see."""
    batches = dataset.batches(len(dataset), **settings)
    indices = [batches.indices_of_step(step) for step in range(passes)]
    return dataset.factors_at(np.concatenate(indices))


def test_weights_are_the_density_over_shares_of_the_range():
    weights = CorrelatedFactors(BinaryGrid(), "scale", "x", 0.5).training_weights()
    # By hand: scale 2 of 0 … 2 is 1, x 0 of 0 … 3 is 0: exp(-1 / (2 · 0.25)).
    assert weights[BinaryGrid().indices_of([[0, 2, 0]])] == pytest.approx(np.exp(-2))
    # Scale 1 is 1/2, x 1 is 1/3; the shape does not count.
    both = weights[BinaryGrid().indices_of([[0, 1, 1], [1, 1, 1]])]
    assert both.tolist() == pytest.approx([np.exp(-(1 / 36) / 0.5)] * 2)


def test_training_draws_by_the_weights():
    dataset = square(0.2)
    factors = drawn(dataset)
    counts = np.zeros((8, 8))
    np.add.at(counts, tuple(factors[:, :2].T), 1)
    places = np.arange(8) / 7
    density = np.exp(-((places[:, None] - places) ** 2) / (2 * 0.04))
    expected = density / density.sum() * len(factors)
    np.testing.assert_allclose(counts, expected, atol=5 * expected.max() ** 0.5)
    assert np.corrcoef(factors[:, :2].T)[0, 1] > 0.6
    # The third factor stays uniform and on its own.
    shares = np.bincount(factors[:, 2]) / len(factors)
    np.testing.assert_allclose(shares, 1 / 3, atol=0.025)


def test_a_large_sigma_is_no_tie():
    factors = drawn(square(10.0))
    assert abs(np.corrcoef(factors[:, :2].T)[0, 1]) < 0.05


def test_a_pass_depends_on_seed_and_number_alone():
    batches = square(0.2).batches(64, seed=3, endless=True)
    expected = [batches.rows_of_step(step).tolist() for step in range(9)]
    again = square(0.2).batches(64, seed=3, endless=True, first_step=5)
    assert [again.rows_of_step(step).tolist() for step in (8, 2, 5)] == [
        expected[8],
        expected[2],
        expected[5],
    ]
    assert expected[0] != expected[3]  # three batches a pass
    assert square(0.2).batches(64, seed=4).rows_of_step(0).tolist() != expected[0]


def test_what_metrics_ask_stays_uncorrelated():
    dataset = square(0.05)
    factors = dataset.sample_factors(np.random.default_rng(0), 4000)
    assert abs(np.corrcoef(factors[:, :2].T)[0, 1]) < 0.06
    np.testing.assert_array_equal(dataset.indices_of([[0, 7, 0]]), [21])
    assert "metrics, do not" in dataset.summary()


def test_without_shuffling_each_image_comes_once():
    batches = square(0.2).batches(192, shuffle=False)
    assert batches.indices_of_step(0).tolist() == list(range(192))


def test_first_images_of_pairs_are_drawn_alike():
    dataset = square(0.2)
    pairs, images = dataset.pair_batches(64), dataset.batches(64)
    np.testing.assert_array_equal(pairs.rows_of_step(1)[:, 0], images.rows_of_step(1))


def test_two_ties_multiply():
    first = CorrelatedFactors(BinaryGrid(), "scale", "x", 0.5)
    both = CorrelatedFactors(first, "shape", "x", 0.3)
    alone = CorrelatedFactors(BinaryGrid(), "shape", "x", 0.3)
    np.testing.assert_allclose(
        both.training_weights(), first.training_weights() * alone.training_weights()
    )


def test_a_part_keeps_its_weights():
    part = Subset(square(0.2), [0, 50, 60], "part", "")
    np.testing.assert_array_equal(
        part.training_weights(), square(0.2).training_weights()[[0, 50, 60]]
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("scale", "scale", 0.2), "received scale twice"),
        (("scale", "y", 0.2), "which has shape, scale, x; received 'y'"),
        (("scale", "x", 0.0), "received 0. Use 0.2"),
        (("scale", "x", -1.0), "received -1."),
        (("scale", "x", np.inf), "received inf"),
    ],
)
def test_what_cannot_be_tied_is_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        CorrelatedFactors(BinaryGrid(), *arguments)


def test_a_factor_of_one_class_is_refused():
    dataset = BinaryGrid(FactorGrid(("shape", "scale", "x"), (1, 3, 4)))
    with pytest.raises(ValueError, match="received shape, which has a single class"):
        CorrelatedFactors(dataset, "shape", "x", 0.2)
