import dataclasses

from small_model import small_model
from small_run import results_record, score_record, subject

from keras_bvae.report.blocks import KeyNumbers, Pairs
from keras_bvae.report.measured import Measured
from keras_bvae.report.sections.run import key_numbers, run_section
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
