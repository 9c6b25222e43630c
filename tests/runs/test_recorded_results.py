import json
import re

import pytest
from small_run import results_record, score_record

from keras_bvae.errors import InvalidValue
from keras_bvae.runs.recorded_results import are_whole, read_evaluation

# Nothing here knows a backend.
pytestmark = pytest.mark.across_backends

DCI = {"completeness": 0.5, "informativeness_test": None}


def read(folder, found):
    path = folder / "evaluation.json"
    path.write_text(json.dumps(found))
    return read_evaluation(path)


def with_score(**changes):
    return results_record(scores=[{**score_record(), **changes}])


def test_a_record_comes_back_as_it_is(tmp_path):
    found = {**results_record(scores=[score_record()]), "of_tomorrow": {}}
    assert read(tmp_path, found) == found
    assert are_whole(found)


@pytest.mark.parametrize("name", ["dataset", "scores", "kl", "active_latents"])
def test_each_field_is_needed(tmp_path, name):
    found = results_record()
    del found[name]
    with pytest.raises(InvalidValue, match=f"it lacks {name}.*evaluate the checkpoint"):
        read(tmp_path, found)
    assert not are_whole(found)


@pytest.mark.parametrize(
    "changes",
    [{"kl": None}, {"kl_of_each_latent": [None]}, {"penalties": {"mmd": None}}],
    ids=str,
)
def test_terms_that_were_not_finite_are_no_results(changes):
    assert not are_whole(results_record(**changes))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([], "it must be an object"),
        (results_record(dataset=3), "`dataset` must be text"),
        (results_record(kl="2"), "`kl` must be a finite number; it is '2'"),
        (results_record(loss=10**400), "`loss` must be a finite number"),
        (results_record(kl_of_each_latent=2), "`kl_of_each_latent` must be a list"),
        (results_record(active_latents=[-1]), "`active_latents[0]` must be a whole"),
        (results_record(penalties=[]), "`penalties` must be an object"),
        (results_record(step="40"), "`step` must be a whole number"),
        (results_record(weights_sha256=7), "`weights_sha256` must be text"),
        (results_record(bound={"bound": 1.0}), "bound lacks images, samples"),
        (results_record(decomposition=3), "`decomposition` must be an object"),
        (results_record(scores=[3]), "`scores[0]` must be an object"),
        (with_score(score="good"), "`scores[0].score` must be a finite number"),
        (with_score(parts=[]), "`scores[0].parts` must be an object"),
        (with_score(seed=-1), "`scores[0].seed` must be a whole number"),
        (with_score(protocol=None), "`scores[0].protocol` must be text"),
        (with_score(settings={"factor_names": "ab"}), "factor_names` must be a list"),
        (with_score(settings={"train_points": "9"}), "train_points` must be a whole"),
        (with_score(settings={}), "must have a column a factor"),
        (with_score(parts={"mutual_information": [[1], []]}), "rows of one length"),
        (with_score(parts={"mutual_information": []}), "rows of one length"),
        (with_score(parts={**DCI, "completeness": "x"}), "completeness` must be a fin"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_field_that_is_odd_is_named(tmp_path, found, said):
    with pytest.raises(InvalidValue, match=re.escape(said)) as caught:
        read(tmp_path, found)
    assert "evaluation.json" in str(caught.value)
    assert len(str(caught.value)) < 1500
