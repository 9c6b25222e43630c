import pytest

from keras_bvae.evaluation.duration import duration_text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0 s"),
        (59.94, "59.9 s"),
        (60, "1 min 0 s"),
        (252.4, "4 min 12 s"),
        (3599.7, "1 h 00 min"),
        (7530, "2 h 05 min"),
    ],
)
def test_durations_as_people_say_them(seconds, text):
    assert duration_text(seconds) == text
