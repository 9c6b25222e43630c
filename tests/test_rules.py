import re

import pytest

from keras_bvae.rules import require_one_of


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
