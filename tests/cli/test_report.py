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


def test_table_gives_terms_latents_by_strength_and_the_protocol():
    lines = terms_table(RESULTS).splitlines()
    assert lines[0].split() == ["reconstruction", "110.46", "nats", "per", "image"]
    assert "2 of 3  z1 7.25  z2 2.25  z0 0.00" in lines[2]
    assert "0.8765  protocol custom: 2 factors, L = 64, 10,000 + 5,000" in lines[3]


def test_table_says_why_there_is_no_score():
    assert "digits has no factors" in terms_table({**RESULTS, "scores": []})


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(12.34, "12.3 s"), (252, "4 min 12 s"), (7500, "2 h 05 min"), (59.99, "60.0 s")],
)
def test_seconds_as_people_say_them(seconds, text):
    assert seconds_text(seconds) == text
