import numpy as np
import pytest
from binary_grid import BinaryGrid
from numbered_images import NumberedImages

from keras_bvae.datasets.changes.changed_factors import (
    CorrelatedFactors,
    FixedFactor,
    HiddenFactor,
)
from keras_bvae.datasets.changes.subset import Subset
from keras_bvae.datasets.factors import FactorGrid, FactorTable


def numbered_grid(sizes=(3, 10, 10)):
    dataset = NumberedImages(int(np.prod(sizes)))
    dataset.factor_space = FactorGrid(("shape", "scale", "x"), sizes)
    return dataset


def square(sigma, size=8):
    base = NumberedImages(size * size * 3)
    base.factor_space = FactorGrid(("a", "b", "c"), (size, size, 3))
    return CorrelatedFactors(base, "a", "b", sigma)


def drawn(dataset, passes=60, **settings):
    """Factors of what many passes of training see."""
    batches = dataset.batches(len(dataset), **settings)
    indices = [batches.indices_of_step(step) for step in range(passes)]
    return dataset.factors_at(np.concatenate(indices))


def test_only_images_of_the_class_are_left():
    fixed = FixedFactor(BinaryGrid(), "scale", 1)
    # By hand, for the sizes 2, 3, 4: four of each shape.
    assert fixed.rows.tolist() == [4, 5, 6, 7, 16, 17, 18, 19]
    np.testing.assert_array_equal(
        fixed.images_at([0, 7]), BinaryGrid().images_at([4, 19])
    )


def test_a_grid_stays_one_of_a_factor_less():
    fixed = FixedFactor(BinaryGrid(), "scale", 1)
    assert isinstance(fixed.factor_space, FactorGrid)
    assert (fixed.factor_names, fixed.factor_sizes) == (("shape", "x"), (2, 4))
    assert fixed.factors_at([5]).tolist() == [[1, 1]]
    np.testing.assert_array_equal(
        fixed.images([[1, 3]]), BinaryGrid().images([[1, 1, 3]])
    )


def test_pairs_are_made_of_what_is_left():
    factors = FixedFactor(BinaryGrid(), "x", 2).pair_batches(6).factors_of_step(0)
    assert ((factors[:, 0] != factors[:, 1]).sum(axis=1) == 1).all()
    rows = FixedFactor(BinaryGrid(), "x", 2).pair_batches(6).rows_of_step(0)
    assert rows.max() < 6


def test_a_table_keeps_its_sizes():
    base = NumberedImages(4)
    base.factor_space = FactorTable(("a", "b"), [[1, 2], [0, 0], [1, 0], [0, 1]])
    fixed = FixedFactor(base, "a", 1)
    assert fixed.rows.tolist() == [0, 2]
    assert fixed.factor_sizes == (3,)
    assert fixed.indices_of([[2], [0]]).tolist() == [0, 1]


def test_the_only_factor_leaves_none():
    base = NumberedImages(4)
    base.factor_space = FactorTable(("a",), [[1], [0], [1], [0]])
    fixed = FixedFactor(base, "a", 0)
    assert (fixed.has_factors, len(fixed)) == (False, 2)


def test_a_class_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match=r"\+fix=x must name a class from 0 to 3"):
        FixedFactor(BinaryGrid(), "x", 4)
    base = NumberedImages(2)
    base.factor_space = FactorTable(("a",), [[0], [2]])
    with pytest.raises(ValueError, match="received numbered, which has none of that"):
        FixedFactor(base, "a", 1)


def test_its_name_loads_it_again():
    assert FixedFactor(BinaryGrid(), "x", 2).name == "blocks+fix=x:2"


def test_the_factor_is_gone_and_the_images_stay():
    hidden = HiddenFactor(BinaryGrid(), "shape")
    assert (hidden.factor_names, hidden.factor_sizes) == (("scale", "x"), (3, 4))
    assert len(hidden) == 24
    assert hidden.is_complete_grid
    np.testing.assert_array_equal(
        hidden.images_at(np.arange(24)), BinaryGrid().images_at(np.arange(24))
    )
    # By hand: image 12 is the first of the second shape.
    assert hidden.factors_at([0, 12, 23]).tolist() == [[0, 0], [0, 0], [2, 3]]


def test_images_by_factors_have_these_and_any_hidden_class():
    base = numbered_grid()
    hidden = HiddenFactor(base, "shape")
    wanted = FactorGrid(("scale", "x"), (10, 10)).at(np.arange(100))
    found = hidden.indices_of(wanted)
    np.testing.assert_array_equal(base.factors_at(found)[:, 1:], wanted)
    np.testing.assert_array_equal(hidden.indices_of(wanted[::-1]), found[::-1])
    shapes = np.bincount(base.factors_at(found)[:, 0], minlength=3)
    assert shapes.min() >= 20  # 33 each, give or take


def test_a_factor_in_the_middle_can_be_hidden():
    hidden = HiddenFactor(BinaryGrid(), "scale")
    found = hidden.indices_of([[1, 2]])
    assert BinaryGrid().factors_at(found)[0, [0, 2]].tolist() == [1, 2]


def test_partners_keep_the_hidden_class():
    base = numbered_grid()
    hidden = HiddenFactor(base, "shape")
    indices = np.arange(0, 300, 7)
    factors = np.stack([np.arange(43) % 10, np.arange(43) % 7], axis=1)
    partners = base.factors_at(hidden.partners_of(indices, factors))
    np.testing.assert_array_equal(partners[:, 0], base.factors_at(indices)[:, 0])
    np.testing.assert_array_equal(partners[:, 1:], factors)


def test_partners_of_partners_two_levels_down():
    base = numbered_grid()
    two = FixedFactor(HiddenFactor(base, "shape"), "scale", 4)
    # By hand: the images of scale 4 are 40 … 49, 140 … 149 and 240 … 249.
    assert two.rows.tolist() == [*range(40, 50), *range(140, 150), *range(240, 250)]
    assert two.partners_of([3, 13, 23], [[9], [9], [9]]).tolist() == [9, 19, 29]


def test_pairs_hold_the_hidden_class_still():
    hidden = HiddenFactor(numbered_grid((2, 10, 10)), "shape")
    rows = hidden.pair_batches(100).rows_of_step(0)
    np.testing.assert_array_equal(rows[:, 0] // 100, rows[:, 1] // 100)
    assert (rows[:, 0] != rows[:, 1]).all()


def test_gaps_are_filled_by_another_hidden_class():
    base = NumberedImages(3)
    base.factor_space = FactorTable(("shape", "x"), [[0, 0], [1, 0], [1, 1]])
    hidden = HiddenFactor(base, "shape")
    assert hidden.is_complete_grid
    # No image has shape 0 and x 1.
    assert hidden.partners_of([0], [[1]]).tolist() == [2]


def test_two_factors_can_be_hidden():
    hidden = HiddenFactor(HiddenFactor(BinaryGrid(), "shape"), "scale")
    assert hidden.factor_names == ("x",)
    assert hidden.name == "blocks+hide=shape+hide=scale"


def test_a_last_factor_stays():
    one = HiddenFactor(HiddenFactor(BinaryGrid(), "shape"), "scale")
    with pytest.raises(ValueError, match="received x, the only one of blocks"):
        HiddenFactor(one, "x")


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
