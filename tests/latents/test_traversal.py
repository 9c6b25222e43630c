import re

import numpy as np
import pytest

from keras_bvae.latents.sweeps import quantile_sweep, standard_deviation_sweep
from keras_bvae.latents.traversal import (
    reduced,
    sorted_by_kl,
    swept_codes,
    traverse,
)


def test_rows_fall_with_kl_and_equals_keep_their_order():
    np.testing.assert_array_equal(sorted_by_kl([0.0, 2.0, 0.5, 0.0]), [1, 2, 0, 3])


def test_one_latent_moves_at_a_time():
    codes = swept_codes([7.0, 8.0], [1, 0], np.array([[1.0, 2.0], [3.0, 4.0]]))
    np.testing.assert_array_equal(codes, [[[7, 1], [7, 2]], [[3, 8], [4, 8]]])
    assert codes.dtype == np.float32


def test_each_tile_is_the_decoded_code(decode):
    anchor = np.array([1.0, -1.0, 0.5])
    kl = np.array([0.2, 3.0, 1.0])
    sweep = standard_deviation_sweep(3, reach=2, steps=3)
    traversal = traverse(decode, anchor, kl, sweep)
    np.testing.assert_array_equal(traversal.latents, [1, 2, 0])
    np.testing.assert_array_equal(traversal.kl, [3.0, 1.0, 0.2])
    np.testing.assert_array_equal(traversal.values, [[-2, 0, 2]] * 3)
    assert traversal.images.shape == (3, 3, 8, 8, 1)
    # By hand: 0.5 + 0.1 * code; the first row sweeps latent 1 and leaves 0 and 2.
    first_row = traversal.images[0, :, 0, :3, 0]
    expected = [[0.6, 0.3, 0.55], [0.6, 0.5, 0.55], [0.6, 0.7, 0.55]]
    np.testing.assert_allclose(first_row, expected, rtol=1e-6)
    np.testing.assert_allclose(traversal.anchor_image[0, :3, 0], [0.6, 0.4, 0.55])


def test_everything_is_decoded_in_one_batch(decode):
    batches = []

    def counting(codes):
        batches.append(codes.shape)
        return decode(codes)

    traverse(counting, np.zeros(3), np.zeros(3), standard_deviation_sweep(3, steps=7))
    # Three rows of seven, and the anchor.
    assert batches == [(22, 3)]


def test_chosen_latents_come_in_their_order(decode):
    sweep = standard_deviation_sweep(3, reach=2, steps=3)
    kl = np.array([0.2, 3.0, 1.0])
    traversal = traverse(decode, np.zeros(3), kl, sweep, latents=(0, 2))
    np.testing.assert_array_equal(traversal.latents, [0, 2])
    np.testing.assert_array_equal(traversal.kl, [0.2, 1.0])
    # By hand: 0.5 + 0.1 * code, of latent 2 in the second row.
    second_row = traversal.images[1, :, 0, :3, 0]
    expected = [[0.5, 0.5, 0.3], [0.5, 0.5, 0.5], [0.5, 0.5, 0.7]]
    np.testing.assert_allclose(second_row, expected, rtol=1e-6)
    assert not traversal.is_sorted
    assert traverse(decode, np.zeros(3), kl, sweep).is_sorted


@pytest.mark.parametrize("latents", [(), (3,), (-1,), (0.5,), ((0, 1),)])
def test_there_must_be_such_latents(decode, latents):
    sweep = standard_deviation_sweep(3)
    received = re.escape(f"from 0 to 2, at least one; received {latents!r}")
    with pytest.raises(ValueError, match=received):
        traverse(decode, np.zeros(3), np.zeros(3), sweep, latents)


def test_a_quantile_sweep_follows_its_latent_into_its_row(decode):
    codes = np.array([[0.0, 10.0], [1.0, 20.0]])
    sweep = quantile_sweep(codes, low=0, high=1, steps=2)
    traversal = traverse(decode, np.zeros(2), np.array([0.1, 2.0]), sweep)
    np.testing.assert_array_equal(traversal.values, [[10, 20], [0, 1]])


def test_nearest_step_is_the_anchors_and_none_out_of_range(decode):
    anchor = np.array([0.9, 2.4, -2.6])
    sweep = standard_deviation_sweep(3, reach=2, steps=5)
    traversal = traverse(decode, anchor, np.array([3.0, 2.0, 1.0]), sweep)
    # The values are -2, -1, 0, 1, 2; half a step beyond an end still is that end.
    assert traversal.nearest_steps == (3, 4, None)


def test_dead_rows_are_flagged_in_row_order(make_traversal):
    np.testing.assert_array_equal(
        make_traversal(kl=(0.0, 1.0, 0.005)).active, [True, False, False]
    )


def test_traverse_reports_every_shape(decode):
    received = "anchor_code.shape=(2,), kl.shape=(3,), values.shape=(3, 11)"
    with pytest.raises(ValueError, match=re.escape(received)):
        traverse(decode, np.zeros(2), np.zeros(3), standard_deviation_sweep(3))


def test_traverse_refuses_a_batch_of_anchors(decode):
    with pytest.raises(ValueError, match=re.escape("anchor_code.shape=(3, 1)")):
        traverse(decode, np.zeros((3, 1)), np.zeros(3), standard_deviation_sweep(3))


def test_traverse_refuses_numbers_that_are_not_finite(decode):
    sweep = standard_deviation_sweep(2)
    with pytest.raises(ValueError, match="`kl` must be finite"):
        traverse(decode, np.zeros(2), np.array([1.0, np.nan]), sweep)
    with pytest.raises(ValueError, match="`anchor_code` must be finite"):
        traverse(decode, np.array([np.inf, 0]), np.zeros(2), sweep)


def test_traverse_refuses_what_are_no_images(decode):
    sweep = standard_deviation_sweep(2)
    with pytest.raises(ValueError, match=re.escape("shape (23, 64) for 23 codes")):
        traverse(lambda z: decode(z).reshape(-1, 64), np.zeros(2), np.zeros(2), sweep)
    with pytest.raises(ValueError, match="`kl` must be numbers"):
        traverse(decode, np.zeros(2), ["a", "b"], sweep)


def test_images_that_fit_are_not_reduced():
    images = np.zeros((2, 96, 64, 3), np.uint8)
    assert reduced(images, 96) is images


def test_larger_images_are_averaged_down_by_a_whole_number():
    # By hand: squares of 2 × 2; the third column stands alone and is doubled.
    image = np.float32([[0, 2, 5], [4, 6, 7]])[..., np.newaxis]
    np.testing.assert_array_equal(reduced(image, 2)[..., 0], [[3, 6]])
    grey = reduced(np.uint8([[0, 2], [4, 5]])[np.newaxis, ..., np.newaxis], 1)
    assert grey.dtype == np.uint8
    assert grey.tolist() == [[[[3]]]]  # 2.75


def test_the_longer_side_fits_then():
    assert reduced(np.zeros((256, 200, 3)), 96).shape == (86, 67, 3)


def test_images_are_reduced_to_a_pixel_or_more():
    with pytest.raises(ValueError, match="whole number >= 1; received largest=0"):
        reduced(np.zeros((4, 4, 1)), 0)


def test_a_traversal_is_reduced_whole(make_traversal):
    traversal = make_traversal(side=8, steps=5).reduced(4)
    assert traversal.images.shape == (3, 5, 4, 4, 1)
    assert traversal.anchor_image.shape == (4, 4, 1)
