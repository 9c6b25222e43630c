"""Whatever is given for a setting is a valid one, or one sentence."""

import dataclasses
import json

import hypothesis
import pytest
from hypothesis import strategies

from keras_bvae.errors import InvalidValue, printable
from keras_bvae.runs import OBJECTIVES, PRESETS, Settings

# Nothing here knows a backend.
pytestmark = pytest.mark.across_backends

quick = hypothesis.settings(
    max_examples=200, deadline=None, database=None, derandomize=True
)
# Numbers of every kind and size, text, and what is neither.
ODD = strategies.sampled_from(
    [10**400, -(10**400), 10**5000, 2**31, 2**32, 1e300, 5e-324, b"4", [4], {}, (), 1j]
)
ANYTHING = (
    strategies.none()
    | strategies.booleans()
    | strategies.integers()
    | strategies.floats()
    | strategies.fractions()
    | strategies.text(max_size=20)
    | ODD
)
NAMES = [field.name for field in dataclasses.fields(Settings)]
SOUND = strategies.sampled_from(
    [*OBJECTIVES, *PRESETS, "sgd", "gaussian", "linear", "bfloat16", "digits", 1, 0.5]
)
TYPED = strategies.dictionaries(
    strategies.sampled_from(NAMES), SOUND | ANYTHING, max_size=4
)


def assert_sound_or_one_sentence(make):
    try:
        settings, sentence = make(), None
    except InvalidValue as error:
        sentence = str(error)
    if sentence is not None:
        assert "must be" in sentence or "received" in sentence
        assert len(sentence) < 1000
        assert printable(sentence) == sentence  # no orders to the terminal
    else:
        text = json.dumps(settings.to_dict(), allow_nan=False)
        assert Settings(**json.loads(text)) == settings


@quick
@hypothesis.given(TYPED)
def test_any_values_make_settings_that_json_holds_or_one_sentence(typed):
    assert_sound_or_one_sentence(lambda: Settings(**typed))


@quick
@hypothesis.given(strategies.sampled_from(NAMES), ANYTHING)
def test_each_field_is_held_to_its_kind(name, value):
    assert_sound_or_one_sentence(lambda: Settings(**{name: value}))


@quick
@hypothesis.given(SOUND | ANYTHING, TYPED)
def test_a_preset_takes_them_too(preset, typed):
    typed.pop("preset", None)
    assert_sound_or_one_sentence(lambda: Settings.from_preset(preset, **typed))


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_strength_has_an_end(objective):
    for name, default in OBJECTIVES[objective].options.items():
        if isinstance(default, str):
            continue
        for value in (1e300, 10**400, float("inf"), float("nan")):
            typed = {"objective": objective, name: value}
            if name in ("beta_start", "beta_steps"):
                typed["beta_schedule"] = "linear"
            with pytest.raises(InvalidValue, match=f"^`{name}` .*received {name}="):
                Settings(**typed)
