import math
import re

import pytest

from keras_bvae.errors import InvalidValue
from keras_bvae.runs import record_rules as rules

pytestmark = pytest.mark.across_backends
SCORE = rules.fields({"score": rules.optional(rules.number)}, needed=("score",))


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        (rules.text, "é" * 10_000),
        (rules.whole, 0),
        (rules.number, -0.5),
        (rules.duration, 0),
        (rules.optional(rules.whole), None),
        (rules.list_of(rules.whole), []),
        (rules.list_of(rules.whole, 2), [1, 2]),
        (rules.dict_of(rules.number), {"a": 1, "b": 0.5}),
        (SCORE, {"score": None, "of_tomorrow": "anything"}),
        (rules.table, [[1, 2], [3, 4]]),
    ],
)
def test_what_is_sound_passes(rule, value):
    rule("field", value)


@pytest.mark.parametrize(
    ("rule", "value", "said"),
    [
        (rules.text, "a" * 10_001, "`field` must be text"),
        (rules.text, 3, "`field` must be text; it is 3"),
        (rules.whole, -1, "`field` must be a whole number >= 0; it is -1"),
        (rules.whole, True, "`field` must be a whole number"),
        (rules.whole, 2.0, "`field` must be a whole number"),
        (rules.whole, 2**54, "`field` must be a whole number"),
        (rules.number, math.nan, "`field` must be a finite number"),
        (rules.number, 1e301, "`field` must be a finite number"),
        (rules.number, "1", "`field` must be a finite number; it is '1'"),
        (rules.duration, -0.1, "`field` must be a number of seconds"),
        (rules.optional(rules.whole), "", "`field` must be a whole number"),
        (rules.list_of(rules.whole), (1,), "`field` must be a list"),
        (rules.list_of(rules.whole, 2), [1], "`field` must be a list of 2"),
        (rules.list_of(rules.whole), [1, None], "`field[1]` must be a whole"),
        (rules.dict_of(rules.number), [], "`field` must be an object"),
        (rules.dict_of(rules.number), {"a": None}, "`field.a` must be a finite"),
        (SCORE, {}, "field lacks score"),
        (SCORE, {"score": "high"}, "`field.score` must be a finite number"),
        (rules.table, [], "`field` must be rows of one length"),
        (rules.table, [[]], "`field` must be rows of one length"),
        (rules.table, [[1], [1, 2]], "`field` must be rows of one length"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_odd_is_named(rule, value, said):
    with pytest.raises(InvalidValue, match=re.escape(said)):
        rule("field", value)
