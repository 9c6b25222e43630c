import dataclasses

import pytest
from small_model import small_model, small_networks
from small_run import results_record, score_record, subject, without_factors

import keras_bvae as kb
from keras_bvae.report.measured import SHOWN, SHOWN_WITHOUT_FACTORS, measured


def metrics_of(found):
    return [score["metric"] for score, *_ in found.scores]


def test_nothing_is_measured_when_asked_so():
    found = measured(subject(small_model()), measure=False)
    assert (found.results, found.scores) == (None, ())


def test_results_of_training_and_evaluate_stand_together():
    trained = results_record(scores=[score_record("beta_vae", protocol="custom")])
    evaluated = results_record(
        reconstruction=12.0, codes="samples", scores=[score_record("mig")]
    )
    about = subject(small_model(), record={"results": trained}, evaluation=evaluated)
    found = measured(about, measure=False)
    # The later one has the last word on what both measured.
    assert found.results["reconstruction"] == 12.0
    assert [(s["metric"], origin, codes) for s, origin, codes in found.scores] == [
        ("beta_vae", "at the end of training", "means"),
        ("mig", "by kbvae evaluate", "samples"),
    ]


def test_of_one_metric_the_published_protocol_comes_last():
    scores = [
        score_record("mig", 0.1),
        score_record("mig", 0.2, "custom"),
        score_record("quick_dci", 0.3, "custom"),
        score_record("sap", 0.4),
        score_record("beta_vae", 0.5),
        score_record("of_tomorrow", 0.6),
    ]
    about = subject(small_model(), record={"results": results_record(scores=scores)})
    values = [score["score"] for score, *_ in measured(about, measure=False).scores]
    assert values == [0.5, 0.2, 0.1, 0.3, 0.4, 0.6]


def test_a_score_measured_twice_alike_stands_once():
    results = results_record(scores=[score_record("mig", 0.1)])
    again = results_record(scores=[score_record("mig", 0.11)])
    about = subject(small_model(), record={"results": results}, evaluation=again)
    found = measured(about, measure=False)
    assert [(s["score"], origin) for s, origin, _ in found.scores] == [
        (0.11, "by kbvae evaluate")
    ]


def test_records_of_the_first_version_get_their_names():
    old = score_record()
    del old["metric"], old["label"]
    about = subject(
        small_model(),
        record={"results": results_record(scores=[{**old, "name": "beta_vae_score"}])},
    )
    ((score, *_),) = measured(about, measure=False).scores
    assert (score["metric"], score["label"]) == ("beta_vae", "β-VAE score")


def test_only_what_is_missing_is_measured():
    have = [score_record(n, 0.9) for n in ("beta_vae", "mig", "quick_dci")]
    about = subject(small_model(), record={"results": results_record(scores=have)})
    found = measured(about)
    assert metrics_of(found) == ["beta_vae", "mig", "quick_dci", "sap"]
    assert [o for _, o, _ in found.scores if o == "for this report"] == [
        "for this report"
    ]
    assert found.results["reconstruction"] == 12.345


def test_all_is_measured_of_a_bare_checkpoint():
    names = []
    about = dataclasses.replace(subject(small_model()), record=None)
    found = measured(about, progress=lambda name, done, total: names.append(name))
    assert metrics_of(found) == [{"dci": "quick_dci"}.get(n, n) for n in SHOWN]
    assert found.results["reconstruction"] > 0
    assert "quick_dci" in names
    # 36 images are fewer than any published protocol asks for.
    assert {score["protocol"] for score, *_ in found.scores} == {"custom"}


@pytest.mark.parametrize("results", [None, results_record()], ids=["bare", "trained"])
def test_without_factors_there_are_scores_of_the_codes_alone(results):
    about = subject(small_model(), record={"results": results})
    about = dataclasses.replace(about, dataset=without_factors(about.dataset))
    assert metrics_of(measured(about)) == list(SHOWN_WITHOUT_FACTORS)


def test_one_latent_has_the_scores_that_one_latent_can_have():
    model = kb.BetaVAE(*small_networks(latent_dim=1), seed=0)
    found = measured(subject(model, record={"results": results_record()}))
    assert "beta_vae" in metrics_of(found)
    refused = dict(found.refused)
    assert set(refused) == {"MIG", "DCI disentanglement", "SAP"}
    assert "latent" in refused["SAP"]
