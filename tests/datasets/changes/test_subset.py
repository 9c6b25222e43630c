import keras
import numpy as np
import pytest
from binary_grid import BinaryGrid
from numbered_images import NumberedImages, numbers_of

from keras_bvae.datasets.changes import subset
from keras_bvae.datasets.changes.subset import Subset, split
from keras_bvae.datasets.factors import FactorGrid
from keras_bvae.datasets.sprites.packed_images import PackedDataset
from keras_bvae.engine.dispatches import Dispatches
from keras_bvae.engine.feed import Feed, unpacking


class Stored(NumberedImages):
    def __init__(self, count=20):
        super().__init__(count)
        self.stored = self.images_at(np.arange(count))

    def stored_images(self, count):
        return self.stored


class Packed(PackedDataset):
    """Image i has the bits of i in its corner."""

    def __init__(self):
        super().__init__("packed", FactorGrid(("number",), (16,)))

    def _read_packed(self, progress):
        packed = np.zeros((16, 512), np.uint8)
        packed[:, 0] = np.arange(16)
        return packed


def part(base, rows):
    return Subset(base, rows, "part", "some of it")


def test_images_and_factors_are_those_of_the_rows():
    assert numbers_of(part(NumberedImages(9), [2, 5, 7]).images_at([2, 0])) == [7, 2]
    blocks = BinaryGrid()
    some = part(blocks, [0, 5, 23])
    np.testing.assert_array_equal(some.factors_at([1, 2]), blocks.factors_at([5, 23]))
    assert some.indices_of([[1, 2, 3]]).tolist() == [2]
    assert not some.is_complete_grid


def test_sizes_stay_where_a_last_class_is_not_among_the_rows():
    assert part(BinaryGrid(), [0, 1]).factor_sizes == (2, 3, 4)


def test_bits_stay_packed():
    some = part(Packed(), [3, 9])
    assert some.packs_bits
    assert some.stored_at([1, 0])[:, 0].tolist() == [9, 3]
    assert some.stored_images(10)[:, 0].tolist() == [3, 9]
    # By hand: 9 is 00001001.
    assert some.images_at([1])[0, 0, :8, 0].tolist() == [0, 0, 0, 0, 255, 0, 0, 255]


def test_rows_that_follow_each_other_are_not_copied():
    base = Stored()
    stored = part(base, np.arange(4, 9)).stored_images(10)
    assert np.shares_memory(stored, base.stored)
    assert numbers_of(stored) == [4, 5, 6, 7, 8]


def test_large_images_are_gathered_as_they_are_asked_for(monkeypatch):
    some = part(Stored(), [1, 3, 5])
    assert numbers_of(some.stored_images(10)) == [1, 3, 5]
    monkeypatch.setattr(subset, "LARGEST_COPY", 11)  # three images have 12 bytes
    assert some.stored_images(10) is None
    assert numbers_of(some.stored_at([2, 2])) == [5, 5]
    assert part(NumberedImages(20), [1, 3]).stored_images(10) is None


def test_weights_of_training_are_those_of_the_rows():
    base = NumberedImages(5)
    base.training_weights = lambda: np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    assert part(base, [1, 4]).training_weights().tolist() == [2, 5]
    assert part(NumberedImages(5), [1, 4]).training_weights() is None


@pytest.mark.parametrize("largest_copy", [0, 2**20])
def test_fit_feeds_the_images_of_the_rows(monkeypatch, largest_copy):
    """Resident or sent step by step, what the compiled step sees is `images_at`."""
    monkeypatch.setattr(subset, "LARGEST_COPY", largest_copy)
    some = part(Packed(), [3, 9, 12, 15])
    feed = Feed(
        some.batches(3, seed=1, endless=True), steps=2, dispatches=Dispatches(2)
    )
    assert (feed.stored is None) == (largest_copy == 0)
    payload, _ = feed.next_steps()
    images = unpacking(feed.form)(feed.stored, keras.ops.convert_to_tensor(payload[1]))
    expected = some.images_at(some.batches(3, seed=1, endless=True).rows_of_step(1))
    seen = keras.ops.convert_to_numpy(images) * 255
    np.testing.assert_array_equal(seen, expected)


def test_batches_go_through_the_rows_alone():
    batches = part(NumberedImages(9), [2, 5, 7]).batches(3, seed=1)
    assert sorted(numbers_of(batches[0])) == [2, 5, 7]


@pytest.mark.parametrize("rows", [[], [1, 1], [2, 1]])
def test_rows_must_rise(rows):
    with pytest.raises(ValueError, match="each larger than the one before"):
        part(NumberedImages(9), rows)


def test_rows_must_exist():
    with pytest.raises(ValueError, match="between 0 and 8; received 9"):
        part(NumberedImages(9), [1, 9])


def test_parts_share_nothing_and_have_all():
    training, validation = split(NumberedImages(50), 0.3, seed=4)
    assert (len(training), len(validation)) == (35, 15)
    assert sorted([*training.rows, *validation.rows]) == list(range(50))


def test_the_seed_decides():
    first, again, other = (split(NumberedImages(50), 0.3, s)[1].rows for s in (0, 0, 1))
    assert first.tolist() == again.tolist() != other.tolist()


def test_parts_are_drawn_by_chance():
    # Each of 400 images is held out in half of 40 splits: 20, give or take.
    counts = np.zeros(400)
    for seed in range(40):
        counts[split(NumberedImages(400), 0.5, seed)[1].rows] += 1
    assert counts.mean() == 20
    assert counts.std() == pytest.approx(10**0.5, rel=0.15)


def test_neither_part_is_empty():
    for share in (1e-9, 0.999999):
        assert min(map(len, split(NumberedImages(5), share, 0))) == 1


def test_factors_come_along():
    training, _ = split(BinaryGrid(), 0.25, 0)
    np.testing.assert_array_equal(
        training.factors_at([3]), BinaryGrid().factors_at(training.rows[[3]])
    )


def test_names_load_the_parts_again():
    names = [part.name for part in split(BinaryGrid(), 0.25, 7)]
    assert names == ["blocks+train=0.25:7", "blocks+validation=0.25:7"]


@pytest.mark.parametrize("share", [0, 1, -0.1, 2, float("nan"), "0.1", None])
def test_a_share_out_of_range_is_refused(share):
    with pytest.raises(ValueError, match="a share between 0 and 1; received valid"):
        split(NumberedImages(9), share, 0)


@pytest.mark.parametrize("seed", [-1, 0.5, True, None])
def test_a_seed_that_is_none_is_refused(seed):
    with pytest.raises(ValueError, match=f"received seed={seed}"):
        split(NumberedImages(9), 0.1, seed)


def test_a_single_image_cannot_be_split():
    with pytest.raises(ValueError, match="received numbered, which has 1"):
        split(NumberedImages(1), 0.5, 0)
