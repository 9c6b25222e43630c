import pytest
from small_run import results_record, score_record

from keras_bvae.evaluation.result_rows import (
    duration_text,
    score_row,
    score_text,
    term_rows,
)


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


def test_terms_are_in_nats_and_latents_by_strength():
    assert term_rows(results_record()) == [
        ("reconstruction", "12.35 nats", "per image"),
        ("KL", "2.50 nats", "per image, all latents"),
        ("active latents", "2 of 3", "z0 2.00  z1 0.50  z2 0.00"),
    ]


def test_a_representation_without_a_model_has_no_terms():
    assert term_rows({"dataset": "squares", "scores": []}) == []


def test_a_score_carries_its_protocol_and_sample():
    label, value, note = score_row(score_record(value=0.123456))
    assert (label, value) == ("MIG", "0.1235")
    assert note == "protocol locatello2019: 2 factors, 24 + 12 points, seed 0"


def test_draws_from_the_posterior_are_said_to_be_such():
    assert score_row(score_record(), "samples")[2].startswith("of draws, not means; ")


def test_a_count_has_no_decimals():
    assert score_text(score_record("active_units", 4.0)) == "4"


def test_a_score_that_is_not_defined_is_no_number():
    assert score_text(score_record(value=None)) == "undefined"
