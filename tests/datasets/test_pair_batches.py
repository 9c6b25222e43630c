import re

import keras
import numpy as np
import pytest
from binary_grid import BinaryGrid
from numbered_images import NumberedImages, numbers_of

import keras_bvae as kb
from keras_bvae.datasets.catalog import parse_data_name
from keras_bvae.datasets.changes.named_changes import changed
from keras_bvae.datasets.factors import FactorGrid, FactorTable
from keras_bvae.datasets.pair_batches import PairBatches

# The second factor has a single class, as the colour of dSprites: it cannot change.
SIZES = (3, 1, 2, 4, 5)


class NumberedGrid(NumberedImages):
    """Numbered images with factors; without a factor space, all those of `SIZES`."""

    def __init__(self, factor_space=None):
        space = factor_space or FactorGrid("abcde", SIZES)
        super().__init__(len(space))
        self.factor_space = space


class PairRecorder(keras.Model):
    """A model that learns nothing and remembers which pairs each step was given."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def call(self, images):
        return images

    def train_step(self, *arguments):
        images, _, _ = keras.utils.unpack_x_y_sample_weight(arguments[-1])
        self.seen.append(pair_numbers(keras.ops.convert_to_numpy(images)))
        logs = {"loss": 0.0}
        return (logs, arguments[0]) if len(arguments) == 2 else logs


def pair_numbers(images):
    """Numbers of a batch of numbered pairs: a list of two a pair."""
    return np.asarray(images)[:, :, 0, 0, 0].tolist()


def many_factors(changed_factors, steps=100, seed=0):
    """Factors of the pairs of many steps, 120 a step: `(pairs, 2, factors)`."""
    batches = NumberedGrid().pair_batches(120, changed_factors, seed=seed)
    return np.concatenate([batches.factors_of_step(step) for step in range(steps)])


def has_changed(factors):
    """Whether each factor differs within its pair: bool, `(pairs, factors)`."""
    return factors[:, 0] != factors[:, 1]


def assert_evenly_spread(counts):
    """Asserts that counts of equally likely events are within five deviations."""
    mean = np.mean(counts)
    # A count's deviation is at most the root of its mean (binomial); the seed is fixed.
    np.testing.assert_allclose(counts, mean, rtol=0, atol=5 * np.sqrt(mean))


@pytest.mark.parametrize("changed_factors", [1, 2, 3, 4])
def test_exactly_k_factors_differ_in_every_pair(changed_factors):
    changed = has_changed(many_factors(changed_factors))
    assert (changed.sum(axis=1) == changed_factors).all()
    assert not changed[:, 1].any()  # the factor with a single class


def test_none_draws_every_k_below_the_number_of_factors_equally_often():
    counts = has_changed(many_factors(None)).sum(axis=1)
    # Four factors can change: k is 1, 2 or 3 (paper: k ~ U({1 … d - 1})).
    values, times = np.unique(counts, return_counts=True)
    assert values.tolist() == [1, 2, 3]
    assert_evenly_spread(times)


def test_none_with_a_single_factor_to_change_changes_it():
    dataset = NumberedGrid(FactorGrid("ab", (1, 7)))
    factors = dataset.pair_batches(7, None).factors_of_step(0)
    assert has_changed(factors).tolist() == [[False, True]] * 7


@pytest.mark.parametrize("changed_factors", [1, 2, None])
def test_each_factor_changes_equally_often(changed_factors):
    changed = has_changed(many_factors(changed_factors))
    assert_evenly_spread(np.delete(changed.sum(axis=0), 1))


def test_every_two_factors_change_together_equally_often():
    changed = np.delete(has_changed(many_factors(2)), 1, axis=1)
    together = changed.T.astype(int) @ changed
    assert_evenly_spread(together[np.triu_indices(4, k=1)])


def test_new_classes_are_uniform_over_the_others_and_in_range():
    factors = many_factors(2)
    for column, size in enumerate(SIZES):
        moves = np.zeros((size, size), int)
        np.add.at(moves, tuple(factors[:, :, column].T), 1)
        others = ~np.eye(size, dtype=bool)
        if size > 1:
            assert_evenly_spread(moves[others])


def test_images_are_those_of_the_factors():
    dataset = NumberedGrid()
    batches = dataset.pair_batches(50, 2, seed=3)
    images, factors = batches[1], batches.factors_of_step(1)
    assert images.shape == (50, 2, 2, 2, 1)
    assert images.dtype == np.uint8
    assert factors.shape == (50, 2, 5)
    assert factors.dtype == np.int64
    # By hand, for the sizes 3, 1, 2, 4, 5: the last factor counts ones.
    assert pair_numbers(images) == (factors @ [40, 40, 20, 5, 1]).tolist()


def test_the_data_set_chooses_the_partners():
    """Where factors are hidden, a partner is more than its factors."""
    dataset = NumberedGrid()
    asked = []

    def partners_of(indices, factors):
        asked.append((indices, factors))
        return indices[::-1]

    dataset.partners_of = partners_of
    batches = dataset.pair_batches(50)
    rows = batches.rows_of_step(1)
    np.testing.assert_array_equal(rows[:, 1], rows[::-1, 0])
    ((indices, factors),) = asked
    np.testing.assert_array_equal(indices, rows[:, 0])
    np.testing.assert_array_equal(factors, batches.factors_of_step(1)[:, 1])


def test_drawn_dsprites_pairs_are_those_of_the_factors():
    dataset = kb.datasets.load("dsprites")
    batches = dataset.pair_batches(6, changed_factors=2)
    images, factors = batches[0], batches.factors_of_step(0)
    assert images.shape == (6, 2, 64, 64, 1)
    assert images.dtype == np.uint8
    assert (has_changed(factors).sum(axis=1) == 2).all()
    for side in (0, 1):
        np.testing.assert_array_equal(images[:, side], dataset.images(factors[:, side]))


def test_a_complete_table_in_any_order_will_do():
    grid = FactorGrid("ab", (3, 4))
    # Image 12 repeats the factors of image 0: a first image may be either of them.
    rows = grid.at(np.random.default_rng(0).permutation(12))
    dataset = NumberedGrid(FactorTable("ab", [*rows, rows[0]]))
    batches = dataset.pair_batches(13)
    numbers = np.asarray(pair_numbers(batches[0]))
    assert sorted(numbers[:, 0]) == list(range(13))
    factors = batches.factors_of_step(0)
    assert (has_changed(factors).sum(axis=1) == 1).all()
    for side in (0, 1):
        seen = dataset.factors_at(numbers[:, side])
        np.testing.assert_array_equal(seen, factors[:, side])


@pytest.mark.parametrize("shuffle", [True, False])
def test_first_images_are_those_of_image_batches(shuffle):
    dataset = NumberedGrid()
    settings = {"batch_size": 50, "seed": 2, "shuffle": shuffle, "endless": True}
    pairs = dataset.pair_batches(**settings)
    images = dataset.batches(**settings)
    for step in range(5):
        np.testing.assert_array_equal(pairs[step][:, 0], images[step])


def test_seed_and_step_decide_the_second_images():
    dataset = NumberedGrid()
    # Without shuffling the first images are alike in every pass of two steps.
    batches = dataset.pair_batches(60, shuffle=False, endless=True)
    again = dataset.pair_batches(60, shuffle=False, endless=True)
    other = dataset.pair_batches(60, shuffle=False, endless=True, seed=1)
    # Asked backwards, and twice.
    seen = {step: pair_numbers(again[step]) for step in (3, 2, 1, 0, 2)}
    assert all(pair_numbers(batches[step]) == seen[step] for step in range(4))
    assert seen[0] != seen[2]
    assert seen[0] != pair_numbers(other[0])


@pytest.mark.parametrize("changed_factors", [2, None])
def test_resumed_stream_is_the_tail_of_the_whole(changed_factors):
    dataset = NumberedGrid()
    whole = dataset.pair_batches(50, changed_factors, seed=4, endless=True)
    resumed = dataset.pair_batches(
        50, changed_factors, seed=4, first_step=3, endless=True
    )
    for tail in (resumed, whole.from_step(3)):
        for step in range(4):
            np.testing.assert_array_equal(tail[step], whole[3 + step])


def test_from_step_and_fit_arguments_keep_kind_and_settings():
    batches = NumberedGrid().pair_batches(50, None, 4, shuffle=False, first_step=1)
    later = batches.from_step(3)
    arguments = batches.fit_arguments()
    assert arguments["steps_per_epoch"] == 2
    assert (later.first_step, arguments["x"].first_step) == (3, 1)
    assert (later.endless, arguments["x"].endless) == (False, True)
    for made in (later, arguments["x"]):
        assert type(made) is PairBatches
        assert made.dataset is batches.dataset
        assert made.changed_factors is None
        assert (made.batch_size, made.seed, made.shuffle) == (50, 4, False)


def test_fit_goes_through_the_pairs_from_epoch_to_epoch():
    batches = NumberedGrid().pair_batches(50, endless=True)
    model = PairRecorder()
    model.compile(optimizer="sgd", run_eagerly=True)
    model.fit(batches, steps_per_epoch=3, epochs=2, shuffle=False, verbose=0)
    assert model.seen == [pair_numbers(batches[step]) for step in range(6)]


class PairDistance(keras.Model):
    """Learns one number a pixel, such that the images of a pair come out alike."""

    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)

    def call(self, images):
        images = keras.ops.cast(images, "float32") / 255.0
        values = self.dense(keras.ops.reshape(images, (-1, 2, 4)))
        self.add_loss(keras.ops.mean(keras.ops.square(values[:, 0] - values[:, 1])))
        return values


def test_a_compiled_model_learns_from_pairs():
    model = PairDistance()
    model.compile(optimizer="sgd")
    batches = NumberedGrid().pair_batches(8, None)
    history = model.fit(**batches.fit_arguments(2), epochs=2, verbose=0)
    assert np.isfinite(history.history["loss"]).all()


def test_a_data_set_without_a_complete_grid_is_refused():
    with pytest.raises(ValueError, match=r"pair_batches needs the fac.*numbered"):
        NumberedImages(20).pair_batches(4)
    gaps = NumberedGrid(FactorTable("ab", [[0, 0], [1, 2]]))
    with pytest.raises(ValueError, match="numbered, whose 2 images leave gaps in a gr"):
        gaps.pair_batches(1)
    still = NumberedGrid(FactorGrid("ab", (1, 1)))
    with pytest.raises(ValueError, match=re.escape("have the sizes (1, 1)")):
        still.pair_batches(1)


@pytest.mark.parametrize("changed_factors", [0, -1, 5, 1.0, True, "rnd"])
def test_k_out_of_range_is_refused(changed_factors):
    message = rf"from 1 to 4, the num.*received changed_factors={changed_factors!r}\."
    with pytest.raises(ValueError, match=message):
        NumberedGrid().pair_batches(4, changed_factors)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"batch_size": 121}, "batch_size=121 for the 120 images of numbered"),
        ({"seed": -1}, "`seed` must be a whole number from 0"),
        ({"first_step": 2.5}, "received first_step=2.5"),
    ],
)
def test_arguments_of_image_batches_are_refused_alike(arguments, message):
    with pytest.raises(ValueError, match=message):
        NumberedGrid().pair_batches(**arguments)


def test_the_package_exports_pair_batches():
    assert kb.datasets.PairBatches is PairBatches
    assert numbers_of(NumberedGrid().pair_batches(1, shuffle=False)[7][:, 0]) == [7]


@pytest.mark.parametrize("validation", [0.1, 0.7])
def test_pairs_of_a_part_of_a_grid_are_in_the_part(validation):
    part, _ = NumberedGrid().split(validation, seed=1)
    batches = part.pair_batches(20, 2, seed=3)
    kept = set(part.rows.tolist())
    changed = []
    for step in range(5):
        numbers = np.array(pair_numbers(batches.batch_of_step(step)))
        assert kept.issuperset(numbers.ravel().tolist())
        assert np.array_equal(numbers[:, 0], part.rows[batches.indices_of_step(step)])
        changed += has_changed(batches.factors_of_step(step)).sum(axis=1).tolist()
    assert set(changed) == {2}


def test_an_image_without_partner_is_paired_with_itself():
    part, _ = NumberedGrid().split(0.99, seed=1)
    assert len(part) == 1
    assert len({*pair_numbers(part.pair_batches(1).batch_of_step(0))[0]}) == 1


def test_a_table_is_no_part_of_a_grid():
    table = NumberedGrid(FactorTable("ab", [[0, 1], [1, 0], [1, 1]]))
    part, _ = table.split(0.4)
    with pytest.raises(ValueError, match="every combination of its factors"):
        part.pair_batches(1)


@pytest.mark.parametrize("change", ["+fix=x:2+train=0.3", "+train=0.3+fix=x:2"])
def test_pairs_of_a_changed_part_are_of_the_part(change):
    dataset = BinaryGrid()
    for word, value in parse_data_name(f"dsprites{change}").changes:
        dataset = changed(dataset, word, value)
    batches = dataset.pair_batches(4)
    for step in range(20):
        factors = batches.factors_of_step(step)
        rows = batches.rows_of_step(step)
        np.testing.assert_array_equal(
            dataset.factors_at(rows.ravel()), factors.reshape(-1, factors.shape[-1])
        )
