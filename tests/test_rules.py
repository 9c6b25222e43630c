import re
from fractions import Fraction

import numpy as np
import pytest

from keras_bvae.errors import InvalidValue
from keras_bvae.rules import (
    is_finite,
    is_whole,
    require_finite,
    require_one_of,
    require_seed,
    require_whole,
    shown,
)


@pytest.mark.parametrize("value", [1, 7, np.int64(1), np.uint8(7), 2**70])
def test_whole_numbers_are_pythons_and_numpys(value):
    assert is_whole(value, least=1)
    require_whole("steps", value, least=1)


@pytest.mark.parametrize(
    "value", [True, np.True_, 1.0, np.float64(1), "1", None, [1], np.array([1, 2]), 0]
)
def test_nothing_else_is_a_whole_number_from_1_on(value):
    assert not is_whole(value, least=1)
    sentence = f"`steps` must be a whole number >= 1; received steps={value!r}. Count."
    with pytest.raises(InvalidValue, match=f"^{re.escape(sentence)}$"):
        require_whole("steps", value, least=1, advice="Count.")


@pytest.mark.parametrize("value", [0.5, 1, np.float32(0.5), np.int8(1), 1e300])
def test_numbers_are_pythons_and_numpys(value):
    assert is_finite(value, above=0)
    require_finite("rate", value, above=0)


@pytest.mark.parametrize(
    "value", [True, np.False_, float("nan"), -np.inf, 1j, "0.5", None, 0, -1.0]
)
def test_nothing_else_is_a_finite_number_above_0(value):
    assert not is_finite(value, above=0)
    sentence = f"`rate` must be a finite number > 0; received rate={value!r}."
    with pytest.raises(InvalidValue, match=f"^{re.escape(sentence)}$"):
        require_finite("rate", value, above=0)


def test_bounds_belong_to_the_range_or_not_as_they_say():
    assert [is_whole(n, 2, 4) for n in range(1, 6)] == [False, True, True, True, False]
    assert [is_finite(n, 2, 4) for n in range(1, 6)] == [False, True, True, True, False]
    inside = [is_finite(n, above=2, below=4) for n in range(1, 6)]
    assert inside == [False, False, True, False, False]


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ({}, "a finite number"),
        ({"least": 0.5}, "a finite number >= 0.5"),
        ({"most": 3}, "a finite number <= 3"),
        ({"least": -1.0, "most": 1.0}, "a finite number from -1 to 1"),
        ({"above": 0.0, "most": 1}, "a finite number > 0 and <= 1"),
        ({"least": 0, "below": 1}, "a finite number >= 0 and < 1"),
    ],
)
def test_the_sentence_says_the_bounds(bounds, said):
    with pytest.raises(InvalidValue, match=rf"^`x` must be {re.escape(said)}; rec"):
        require_finite("x", float("nan"), **bounds)


def test_the_sentence_says_whose_it_is_and_that_none_will_do():
    require_whole("bins", None, least=2, optional=True)
    require_finite("width", None, above=0, optional=True)
    said = "`bins` of a map must be a whole number >= 2, or None; received bins=1."
    with pytest.raises(InvalidValue, match=f"^{re.escape(said)}$"):
        require_whole("bins", 1, least=2, of="a map", optional=True)
    with pytest.raises(InvalidValue, match="received bins=None"):
        require_whole("bins", None, least=2)


@pytest.mark.parametrize("seed", [-1, 2**32, 10**20])
def test_a_seed_has_32_bits(seed):
    require_seed(0)
    require_seed(np.int64(12))
    require_seed(2**32 - 1)
    said = "`seed` must be a whole number from 0 to 4,294,967,295; received seed="
    with pytest.raises(InvalidValue, match=f"^{re.escape(said)}{seed}. Use seed=0.$"):
        require_seed(seed)
    with pytest.raises(InvalidValue, match=r"`noise` must .* Use noise=0"):
        require_seed(True, "noise")


@pytest.mark.parametrize(
    "value", [10**400, -(10**400), Fraction(10**400), 10**5000], ids=type
)
def test_what_no_float_can_hold_is_not_finite(value):
    assert not is_finite(value)
    assert not is_whole(value, 0, 9)
    for require in (require_finite, require_whole):
        with pytest.raises(InvalidValue, match=r"^`x` must be a") as caught:
            require("x", value, most=9, least=1)
        assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "value", [["adam"], np.array([1, 2]), {}, 10**5000, "a" * 9999], ids=type
)
def test_what_can_be_no_name_is_none_of_the_choices(value):
    for choices in (("adam", "sgd"), {"adam": 1, "sgd": 2}):
        with pytest.raises(InvalidValue, match="must be one of adam, sgd") as caught:
            require_one_of("`optimizer`", value, choices)
        assert len(str(caught.value)) < 500


def test_a_value_is_shown_without_control_characters():
    assert shown("a\x1b[2J\u202e") == "'a\\x1b[2J\\u202e'"
    assert len(shown("a" * 10_000)) < 300
    assert shown(10**5000) == "an int too long to be shown"


@pytest.mark.parametrize("choices", [("adam", "sgd"), {"adam": 1, "sgd": 2}])
def test_a_choice_passes(choices):
    require_one_of("`optimizer`", "sgd", choices)


def test_a_typing_error_is_told_the_nearest_name():
    sentence = "`optimizer` must be one of adam, sgd; received 'adm'. Did you mean"
    with pytest.raises(ValueError, match=re.escape(f"{sentence} 'adam'?")):
        require_one_of("`optimizer`", "adm", ("adam", "sgd"))


@pytest.mark.parametrize("value", ["lamb", "", None, 3])
def test_what_resembles_nothing_gets_no_hint(value):
    with pytest.raises(ValueError, match=re.escape(f"received {value!r}.") + "$"):
        require_one_of("A thing", value, ("adam", "sgd"))


def test_a_choice_that_cannot_be_looked_up_is_none_of_them():
    with pytest.raises(ValueError, match=r"must be one of a, b; received \['a'\]"):
        require_one_of("It", ["a"], ("a", "b"))
    with pytest.raises(ValueError, match=r"must be one of a, b; received \['a'\]"):
        require_one_of("It", ["a"], {"a": 1, "b": 2})
