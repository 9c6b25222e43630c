import numpy as np

from keras_bvae.pictures.contact_sheet import (
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
    # 96 pixels a tile (16, six times), 2 and 18 for its caption, 8 between rows.
    assert with_factors.height - without.height == 2 * (96 + 2 + 18 + 8)


def test_a_tiny_data_set_is_shown_whole():
    rows = sampled_rows(TwoFactors(), columns=20, sample_rows=5)
    assert [len(row.images) for row in rows] == [20, 7]
