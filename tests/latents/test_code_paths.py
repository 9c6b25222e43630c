import re

import numpy as np
import pytest

from keras_bvae.latents.code_paths import linear_path, spherical_path

BOTH = pytest.mark.parametrize("path", [linear_path, spherical_path])


@BOTH
def test_a_path_begins_and_ends_where_it_should(path):
    first, last = np.array([1.0, -2.0, 0.5]), np.array([0.2, 0.4, 3.0])
    codes = path(first, last, steps=4)
    assert codes.shape == (4, 3)
    assert codes.dtype == np.float32
    np.testing.assert_allclose(codes[0], first, rtol=1e-6)
    np.testing.assert_allclose(codes[-1], last, rtol=1e-6)


def test_a_line_is_even():
    codes = linear_path([0.0, 4.0], [2.0, 0.0], steps=3)
    np.testing.assert_allclose(codes, [[0, 4], [1, 2], [2, 0]])


def test_an_arc_keeps_its_length_and_turns_evenly():
    codes = spherical_path([2.0, 0.0], [0.0, 2.0], steps=4)
    angles = np.deg2rad([0, 30, 60, 90])
    expected = 2 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    np.testing.assert_allclose(codes, expected, atol=1e-6)


@pytest.mark.parametrize("last", [[2.0, 2.0], [-1.0, -1.0], [0.0, 0.0], [1.0, 1.0]])
def test_where_there_is_no_arc_it_is_the_line(last):
    first = [1.0, 1.0]
    np.testing.assert_allclose(
        spherical_path(first, last, 5), linear_path(first, last, 5), atol=1e-6
    )


@BOTH
def test_ends_of_other_shapes_are_refused(path):
    with pytest.raises(ValueError, match=re.escape("received shapes (2,) and (3,)")):
        path(np.zeros(2), np.zeros(3), 5)
    with pytest.raises(ValueError, match=re.escape("shapes (1, 2) and (1, 2)")):
        path(np.zeros((1, 2)), np.zeros((1, 2)), 5)


@BOTH
def test_a_path_has_two_steps(path):
    with pytest.raises(ValueError, match="whole number >= 2; received steps=1"):
        path(np.zeros(2), np.ones(2), 1)
