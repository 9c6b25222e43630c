import numpy as np
import pytest
from binary_grid import BinaryGrid
from numbered_images import NumberedImages

from keras_bvae.datasets.changes.split import split


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
