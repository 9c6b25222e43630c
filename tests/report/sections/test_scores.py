import dataclasses

from small_model import small_model
from small_run import results_record, score_record, subject, without_factors

from keras_bvae.metrics.catalog import ALL
from keras_bvae.report.measured import Measured
from keras_bvae.report.sections import scores
from keras_bvae.report.sections.scores import scores_section


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
