import pytest

from kbvae.tables import comparison_table, seconds_text, terms_table

SCORE = {
    "metric": "beta_vae",
    "label": "β-VAE score",
    "name": "beta_vae_score",
    "parts": {},
    "score": 0.87654,
    "protocol": "custom",
    "seed": 3,
    "settings": {
        "factor_names": ["a", "b"],
        "pairs": 64,
        "train_points": 10_000,
        "test_points": 5_000,
    },
}
RESULTS = {
    "dataset": "digits",
    "reconstruction": 110.456,
    "kl": 9.5,
    "kl_of_each_latent": [0.001, 7.25, 2.249],
    "active_latents": [1, 2],
    "scores": [SCORE],
}

PARTS = {
    "mutual_information": 6.123,
    "total_correlation": -0.0123,
    "dimension_wise_kl": 3.4,
    "standard_error": {
        "mutual_information": 0.051,
        "total_correlation": 0.04,
        "dimension_wise_kl": 0.1,
    },
    "images": 2000,
    "dataset_size": 2000,
    "draws": 1000,
}


def test_table_gives_terms_latents_by_strength_and_the_protocol():
    lines = terms_table(RESULTS).splitlines()
    assert lines[0].split() == ["reconstruction", "110.46", "nats", "per", "image"]
    assert "2 of 3  z1 7.25  z2 2.25  z0 0.00" in lines[2]
    assert "0.8765  protocol custom: 2 factors, L = 64, 10,000 + 5,000" in lines[3]


def test_table_says_why_there_is_no_score():
    assert "digits has no factors" in terms_table({**RESULTS, "scores": []})
    of_one = terms_table({**RESULTS, "scores": []}, ("folder",))
    assert "digits has not two factors that vary" in of_one


def test_the_objectives_own_terms_stand_below_the_kl():
    lines = terms_table({**RESULTS, "penalties": {"total_correlation": 0.254}})
    line = lines.splitlines()[2]
    assert line.startswith("total correlation ")
    assert line.endswith(" 0.25  of the objective, by batches of 250")


def test_parts_of_the_kl_stand_below_it():
    lines = terms_table({**RESULTS, "decomposition": PARTS}).splitlines()
    assert lines[1].startswith("KL ")
    note = "over 2,000 images, 1,000 draws"
    assert lines[2] == f"mutual information   6.12 ± 0.05 nats  {note}"
    assert lines[3] == f"total correlation   -0.01 ± 0.04 nats  {note}"
    assert lines[4] == f"dimension-wise KL    3.40 ± 0.10 nats  {note}"
    assert lines[5].startswith("active latents")


def test_parts_of_the_kl_from_a_sample_are_bounds():
    parts = {**PARTS, "dataset_size": 737_280}
    lines = terms_table({**RESULTS, "decomposition": parts}).splitlines()
    sample = "a sample of 2,000 images, 1,000 draws"
    for line, bound in zip(lines[2:5], ("at most", "at least", "about"), strict=True):
        assert line.endswith(f"nats  {bound}: {sample}")


def score_of(metric, value, protocol="locatello2019", **parts):
    return {
        **SCORE,
        "metric": metric,
        "label": metric.upper(),
        "score": value,
        "protocol": protocol,
        "parts": parts,
        "settings": {"factor_names": ["a"], "train_points": 100, "latent_dim": 4},
    }


def test_scores_stand_alone_where_there_is_no_model():
    table = terms_table({"dataset": "d", "scores": [score_of("mig", 0.25)]})
    assert table == "MIG  0.2500  protocol locatello2019: 1 factors, 100 points, seed 3"


def test_what_people_quote_of_a_metric_stands_beside_it():
    scores = [
        score_of("dci", 0.5, completeness=0.25, informativeness_test=0.75),
        score_of("factor_vae", 0.5, num_active_dims=3),
        score_of(
            "unsupervised",
            None,
            gaussian_wasserstein_correlation=0.125,
            mutual_info_score=0.0625,
        ),
    ]
    lines = terms_table({"dataset": "d", "codes": "samples", "scores": scores})
    dci, factor_vae, unsupervised = lines.splitlines()
    assert "completeness 0.2500, informativeness 0.7500" in dci
    assert "of draws, not means" in dci
    assert "3 of 4 active" in factor_vae
    assert "undefined" in unsupervised
    assert "Wasserstein 0.1250, mutual information between codes 0.0625" in unsupervised


def test_a_pool_of_images_is_named():
    score = {**SCORE, "settings": {**SCORE["settings"], "image_pool": 5000}}
    line = terms_table({"dataset": "d", "scores": [score]})
    assert line.endswith("10,000 + 5,000 points, among 5,000 images, seed 3")


def test_a_metric_without_factors_counts_images_only():
    score = {**score_of("active_units", 3.0), "settings": {"images": 1000}}
    score["settings"]["factor_names"] = ["a", "b"]
    line = terms_table({"dataset": "d", "scores": [score]})
    assert line.endswith("protocol locatello2019: 1,000 points, seed 3")


def test_the_bound_stands_below_the_kl():
    bound = {
        "bound": -40.5,
        "elbo": -44.25,
        "standard_error": {"bound": 0.5, "elbo": 0.25},
        "effective_sample_share": 0.1,
        "images": 500,
        "samples": 64,
    }
    lines = terms_table({**RESULTS, "bound": bound}).splitlines()
    assert lines[2].split()[:5] == ["log", "p(x)", "-40.50", "±", "0.50"]
    assert "at least: importance-weighted, 500 images, 64 draws each" in lines[2]
    assert lines[3].split()[:4] == ["ELBO", "-44.25", "±", "0.25"]


RECORDS = [
    {**RESULTS, "name": "low", "kl": 12.0, "scores": [score_of("mig", 0.1)]},
    {**RESULTS, "name": "none", "kl": 3.0, "scores": []},
    {
        **RESULTS,
        "name": "high",
        "scores": [score_of("mig", 0.3), score_of("unsupervised", 0.5)],
        "columns": {"udr": 0.75},
    },
]


def test_a_comparison_is_sorted_with_what_is_missing_at_the_bottom():
    lines = comparison_table(RECORDS, "mig").splitlines()
    assert lines[0].split()[:4] == ["name", "reconstruction", "KL", "active"]
    assert [line.split()[0] for line in lines[1:]] == ["high", "low", "none"]
    assert lines[1].split()[1:] == ["110.46", "9.50", "2", "0.3000", "0.5000", "0.7500"]
    assert lines[3].split()[-3:] == ["-", "-", "-"]


def test_the_best_kl_is_the_lowest():
    lines = comparison_table(RECORDS, "KL").splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["none", "high", "low"]


def test_unsorted_records_stay_in_their_order():
    lines = comparison_table(RECORDS).splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["low", "none", "high"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(12.34, "12.3 s"), (252, "4 min 12 s"), (7500, "2 h 05 min"), (59.99, "60.0 s")],
)
def test_seconds_as_people_say_them(seconds, text):
    assert seconds_text(seconds) == text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("run\x1b[2J\n\tb", "run\\x1b[2J  b"),
        ("caf\udce9", "caf\\udce9"),
        ("a" * 3_000_000, "aaaaaa"),
    ],
    ids=["orders", "not UTF-8", "long"],
)
def test_names_of_files_give_a_terminal_no_orders(name, shown):
    first = {"name": name, "scores": [SCORE]}
    table = comparison_table([first, {"name": "other", "scores": [SCORE]}])
    assert shown in table
    assert len(table.splitlines()) == 3
    assert len(table) < 2000
    text = terms_table({**RESULTS, "dataset": name, "scores": []})
    assert "\x1b" not in text
