import dataclasses

import keras
from small_model import small_model
from small_run import results_record, score_record, subject, without_factors

from keras_bvae.metrics.catalog import ALL
from keras_bvae.report import run_sections as scores
from keras_bvae.report.measured import Measured
from keras_bvae.report.page import KeyNumbers, Pairs
from keras_bvae.report.run_sections import (
    key_numbers,
    run_section,
    scores_section,
    versions_section,
)
from keras_bvae.runs.settings import Settings


def texts(section):
    return [block.text for block in section.blocks if block.kind == "text"]


def test_the_numbers_to_see_first():
    scores = [score_record("mig", 0.1, "custom"), score_record("mig", 0.25)]
    found = Measured(results_record(), tuple((s, "", "means") for s in scores))
    assert key_numbers(found) == (
        ("reconstruction", "12.35", "nats per image"),
        ("KL", "2.50", "nats per image"),
        ("active latents", "2", "of 3"),
        # By the published protocol, where there are two.
        ("MIG", "0.2500", "locatello2019"),
    )


def test_large_numbers_fit_their_cards():
    found = Measured(results_record(reconstruction=12012.57))
    assert key_numbers(found)[0][1] == "12,013"


def test_what_was_run_has_its_formula_and_its_settings():
    section = run_section(subject(small_model(beta=6.0)), Measured(results_record()))
    assert (section.anchor, section.title) == ("run", "What was run")
    kinds = [block.kind for block in section.blocks]
    assert kinds == ["text", "key_numbers", "text", "formula", "text", "pairs"]
    assert section.blocks[3].values == "β = 6"
    assert texts(section)[1] == "What was minimised, in nats per image:"
    assert texts(section)[2].endswith("Source: Higgins et al. 2017.")
    pairs = {name: (value, mark) for name, value, mark in section.blocks[5].pairs}
    assert pairs["steps"] == ("40", True)
    assert pairs["learning-rate"] == ("0.0005", False)
    assert "gamma" not in pairs  # of other objectives


def test_settings_are_set_beside_those_of_their_preset():
    settings = Settings.from_preset("burgess2018", steps=500, data="squares")
    about = subject(small_model(), record={"settings": settings.to_dict()})
    (pairs,) = [
        b for b in run_section(about, Measured(None)).blocks if type(b) is Pairs
    ]
    assert pairs.caption.endswith("defaults of the preset burgess2018")
    marked = {name for name, _, is_marked in pairs.pairs if is_marked}
    assert {"data", "steps", "preset"} <= marked
    assert "capacity" not in marked
    assert {n: v for n, v, _ in pairs.pairs}["capacity-steps"] == "100,000"


def test_without_numbers_there_is_no_empty_row_of_them():
    section = run_section(subject(small_model()), Measured(None))
    assert not [b for b in section.blocks if type(b) is KeyNumbers]


def test_a_checkpoint_alone_has_no_settings_and_no_past():
    about = dataclasses.replace(subject(small_model()), record=None)
    section = run_section(about, Measured(None))
    assert not [b for b in section.blocks if type(b) is Pairs]
    assert "how it was trained is not recorded" in texts(section)[0]
    assert texts(section)[1].startswith("What this model minimises")


def test_terms_and_scores_with_protocol_and_origin():
    found = Measured(
        results_record(), ((score_record(), "at the end of training", "means"),)
    )
    terms, table = scores_section(subject(small_model()), found).blocks
    assert terms.rows[0] == ("reconstruction", "12.35 nats", "per image")
    assert table.columns == ("score", "value", "what it says", "protocol")
    ((label, value, meaning, note),) = table.rows
    assert (label, value) == ("MIG", "0.2500")
    assert meaning.startswith("lead of a factor's best latent")
    assert note.startswith("protocol locatello2019: 2 factors")
    assert note.endswith("; measured at the end of training")


def test_protocol_custom_is_explained():
    score = score_record(protocol="custom")
    found = Measured(results_record(), ((score, "for this report", "means"),))
    last = scores_section(subject(small_model()), found).blocks[-1]
    assert "do not compare with those of papers" in last.text


def test_a_score_that_cannot_be_is_told_why():
    found = Measured(results_record(), (), (("SAP", "It needs two latents."),))
    last = scores_section(subject(small_model()), found).blocks[-1]
    assert last.text == "SAP was not measured. It needs two latents."


def test_why_there_is_no_score():
    about = subject(small_model())
    (block,) = scores_section(about, Measured(None)).blocks
    assert block.text == "Nothing was measured, as was asked for."
    plain = dataclasses.replace(about, dataset=without_factors(about.dataset))
    last = scores_section(plain, Measured(results_record())).blocks[-1]
    assert last.text == "plain has no factors, so no disentanglement score."


def test_every_usual_metric_is_explained():
    assert set(ALL) <= set(scores._MEANINGS)


def test_the_run_and_the_report_side_by_side():
    times, table = versions_section(subject(small_model())).blocks
    assert times.rows == (
        ("started", "2026-11-21 23:43 UTC"),
        ("time in training", "2.5 s"),
        # 40 steps of 8 images in 2.5 seconds.
        ("images a second", "128"),
    )
    assert table.columns == ("", "the run", "this report")
    rows = {name: rest for name, *rest in table.rows}
    assert rows["platform"][0] == "Elsewhere-1.0"
    assert rows["backend"] == ["torch", keras.backend.backend()]
    assert rows["keras"] == ["3.15.1", keras.__version__]


def test_a_package_that_one_of_them_lacks():
    record = {"versions": {"python": "3.11.7", "jax": "0.0.1"}}
    _, table = versions_section(subject(small_model(), record=record)).blocks
    rows = {name: rest for name, *rest in table.rows}
    assert rows["keras"] == ["–", keras.__version__]


def test_a_run_that_did_no_step_has_no_speed():
    record = {"step": 0, "seconds": 0.0}
    times, _ = versions_section(subject(small_model(), record=record)).blocks
    assert [name for name, _ in times.rows] == ["started", "time in training"]


def test_of_a_checkpoint_alone_only_this_report_is_known():
    about = dataclasses.replace(subject(small_model()), record=None)
    (table,) = versions_section(about).blocks
    assert table.caption == "This report"
    assert dict(table.rows)["backend"] == keras.backend.backend()
