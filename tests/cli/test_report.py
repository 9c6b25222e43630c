import pytest

from kbvae.report import seconds_text, terms_table

SCORE = {
    "name": "beta_vae_score",
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


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(12.34, "12.3 s"), (252, "4 min 12 s"), (7500, "2 h 05 min"), (59.99, "60.0 s")],
)
def test_seconds_as_people_say_them(seconds, text):
    assert seconds_text(seconds) == text
