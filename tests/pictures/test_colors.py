import itertools

import numpy as np
import pytest

from keras_bvae.pictures.colors import (
    CATEGORY_COLORS,
    PAPER,
    color_of,
    hexadecimal,
    number_color,
    rgb_of,
    shade,
)


def linear(color):
    parts = np.array(color) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def luminance(color):
    """Relative luminance by WCAG 2.2's definition, written out."""
    return linear(color) @ (0.2126, 0.7152, 0.0722)


def lightness(color):
    """CIE L*, 0 black to 100 white."""
    y = luminance(color)
    return 116 * np.cbrt(y) - 16 if y > 0.008856 else 903.3 * y


def test_a_larger_value_is_darker_by_equal_steps_of_lightness():
    steps = np.diff([lightness(shade(value, 4.0)) for value in np.linspace(0, 4, 9)])
    assert (steps < 0).all()
    # Colours are mixed in sRGB, which is even to the eye only roughly.
    np.testing.assert_allclose(steps, steps.mean(), rtol=0.25)


def test_the_scale_begins_with_paper_and_has_two_ends():
    assert shade(0.0, 2.0) == shade(-1.0, 2.0) == shade(float("nan"), 2.0) == PAPER
    assert shade(2.0, 2.0) == shade(5.0, 2.0)


def test_numbers_are_readable_on_every_shade():
    for value in np.linspace(0, 1, 101):
        back = shade(value, 1.0)
        ink, ground = luminance(number_color(back)), luminance(back)
        contrast = (max(ink, ground) + 0.05) / (min(ink, ground) + 0.05)
        # What WCAG 2.2 asks of small text.
        assert contrast >= 4.5


# What an eye without one kind of cone makes of a colour: Viénot, Brettel & Mollon 1999,
# for linear parts.
BLINDNESS = {
    "protan": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
    "deutan": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
}


@pytest.mark.parametrize("kind", BLINDNESS)
def test_no_two_categories_look_alike_to_the_color_blind(kind):
    seen = [np.array(BLINDNESS[kind]) @ linear(rgb_of(c)) for c in CATEGORY_COLORS]
    for one, other in itertools.combinations(seen, 2):
        assert np.abs(one - other).max() > 0.04


def test_categories_repeat_after_the_last_color():
    count = len(CATEGORY_COLORS)
    assert color_of(count + 1) == color_of(1)
    assert len({color_of(number) for number in range(count)}) == count


def test_a_color_goes_to_bytes_and_back():
    assert rgb_of("#d55e00") == (213, 94, 0)
    assert hexadecimal(rgb_of("#d55e00")) == "#d55e00"
