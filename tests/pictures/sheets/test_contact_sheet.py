import numpy as np
import pytest

from keras_bvae.pictures.sheets.contact_sheet import (
    contact_sheet,
    factor_rows,
    sampled_rows,
)


class TwoFactors:
    """Image of factors (a, b): filled with 10 a + b."""

    name = "two factors"
    image_shape = (16, 16, 1)
    has_factors = True
    factor_names = ("tens", "ones")
    factor_sizes = (3, 9)

    def __len__(self):
        return 27

    def images(self, factors):
        value = np.uint8(10 * factors[:, 0] + factors[:, 1]).reshape(-1, 1, 1, 1)
        return np.broadcast_to(value, (len(factors), 16, 16, 1))

    def images_at(self, indices):
        return self.images(np.stack(np.divmod(indices, 9), axis=1))


class NoFactors(TwoFactors):
    image_shape = (16, 16, 1)
    has_factors = False
    factor_names = factor_sizes = ()


def test_a_factor_runs_while_the_others_stay_in_the_middle():
    tens, ones = factor_rows(TwoFactors(), columns=5)
    assert (tens.label, tens.remark, tens.captions) == (
        "tens",
        "3 values",
        ("0", "1", "2"),
    )
    np.testing.assert_array_equal(tens.images[:, 0, 0, 0], [4, 14, 24])
    # Nine classes in five columns: the first, the last, and evenly between.
    assert ones.captions == ("0", "2", "4", "6", "8")
    np.testing.assert_array_equal(ones.images[:, 0, 0, 0], [10, 12, 14, 16, 18])


def test_sampled_images_carry_their_index():
    rows = sampled_rows(TwoFactors(), columns=4, sample_rows=2, seed=5)
    assert [row.label for row in rows] == ["sample", ""]
    for row in rows:
        indices = np.array([int(caption) for caption in row.captions])
        np.testing.assert_array_equal(row.images, TwoFactors().images_at(indices))


def test_a_sheet_has_a_row_more_for_each_factor():
    with_factors = contact_sheet(TwoFactors(), columns=4)
    without = contact_sheet(NoFactors(), columns=4)
    # 96 pixels a tile (16, six times), 2 and 16 for its caption, 8 between rows.
    assert with_factors.height - without.height == 2 * (96 + 2 + 16 + 8)


def test_a_tiny_data_set_is_shown_whole():
    rows = sampled_rows(TwoFactors(), columns=20, sample_rows=5)
    assert [len(row.images) for row in rows] == [20, 7]


class WithGaps(TwoFactors):
    """Three of the 27 combinations have no image; no other tens go with ones 8."""

    is_complete_grid = False
    missing = (4, 8, 17)

    def factors_at(self, indices):
        kept = np.delete(np.arange(27), self.missing)
        return np.stack(np.divmod(kept[indices], 9), axis=1)

    def images_at(self, indices):
        return self.images(self.factors_at(np.asarray(indices)))

    def __len__(self):
        return 24


def test_with_gaps_each_class_shows_the_image_nearest_to_the_middle():
    tens, ones = factor_rows(WithGaps(), columns=9)
    # The middle is (1, 4). Tens 0 lack ones 4: 3 and 5 are as near, 3 comes first.
    np.testing.assert_array_equal(tens.images[:, 0, 0, 0], [3, 14, 24])
    # Ones 8 exist with tens 2 alone.
    np.testing.assert_array_equal(
        ones.images[:, 0, 0, 0], [10, 11, 12, 13, 14, 15, 16, 17, 28]
    )


def test_with_gaps_a_class_without_an_image_is_left_out():
    class Some(WithGaps):
        missing = (4, 13, 22)  # ones 4

    _, ones = factor_rows(Some(), columns=3)
    assert ones.captions == ("0", "5", "8")


class Hidden(TwoFactors):
    """Each image exists twice; the second ones are brighter by 100."""

    def indices_of(self, factors):
        number = 9 * factors[:, 0] + factors[:, 1]
        # The middle, and ones 2 only, are found bright.
        return number + 27 * np.isin(factors[:, 1], (2, 4))

    def partners_of(self, indices, factors):
        return 9 * factors[:, 0] + factors[:, 1] + 27 * (np.asarray(indices) >= 27)

    def images_at(self, indices):
        bright, number = np.divmod(indices, 27)
        images = self.images(np.stack(np.divmod(number, 9), axis=1))
        return images + np.uint8(100 * bright)[:, None, None, None]


def test_what_is_hidden_stays_as_it_is_in_the_middle():
    _, ones = factor_rows(Hidden(), columns=5)
    np.testing.assert_array_equal(ones.images[:, 0, 0, 0], [110, 112, 114, 116, 118])


def test_factors_are_chosen_by_name():
    (ones,) = factor_rows(TwoFactors(), columns=5, factor_names=["ones"])
    assert ones.label == "ones"
    with pytest.raises(ValueError, match="which has tens, ones; received fives"):
        contact_sheet(TwoFactors(), factor_names=["fives"])


def test_a_weighted_sample_is_what_training_sees():
    dataset = TwoFactors()
    dataset.training_weights = lambda: np.isin(np.arange(27), (5, 20)) * 2.0
    rows = sampled_rows(dataset, columns=10, sample_rows=2)
    assert rows[0].remark == "as trained on"
    seen = {caption for row in rows for caption in row.captions}
    assert seen == {"5", "20"}
