import numpy as np
import pytest

from keras_bvae.pictures.plots.shades import number_color, number_text, shade
from keras_bvae.pictures.sheets.page import PAPER


def luminance(color):
    """Relative luminance by WCAG 2.2's definition, written out."""
    parts = [part / 255 for part in color]
    linear = [
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


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


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.00"),
        (-0.001, "0.00"),
        (1.386, "1.39"),
        (9999.0, "9999.00"),
        (123456.0, "1.2e+05"),
        (float("nan"), "-"),
    ],
)
def test_numbers_have_two_decimals_unless_they_are_large(value, text):
    assert number_text(value) == text
