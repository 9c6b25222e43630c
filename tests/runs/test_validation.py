import keras
import numpy as np
import pytest
from numbered_run import Squares, use_small_model

from keras_bvae.models.checkpoint import load_checkpoint
from keras_bvae.runs import RunFolder, Settings, read_history, resume_run, start_run
from keras_bvae.runs.training_parts import parts_of

WATCHED = {
    "batch_size": 8,
    "steps": 24,
    "checkpoint_every": 100,
    "validation": 0.25,
    "validation_every": 8,
}


class Watch(keras.callbacks.Callback):
    """What each dispatch was told of the validation."""

    every_steps = None

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append((batch + 1, logs.get("val_loss")))


def test_the_history_has_the_loss_of_what_is_held_out(tmp_path, monkeypatch):
    use_small_model(monkeypatch)
    watch = Watch()
    model = start_run(Settings(**WATCHED), Squares(), tmp_path / "run", [watch])
    _, held_out = parts_of(Settings(**WATCHED), Squares())
    history = read_history(tmp_path / "run")
    kl, term, loss = (
        float(history.columns[f"val_{name}"][-1])
        for name in ("kl", "reconstruction", "loss")
    )
    mean, log_variance = model.encode(held_out.images_at(np.arange(9)))
    # Kingma & Welling 2014, appendix B, which no noise enters.
    by_hand = 0.5 * (mean**2 + np.exp(log_variance) - log_variance - 1).sum(1).mean()
    assert kl == pytest.approx(by_hand, rel=1e-4)
    assert loss == pytest.approx(term + 4 * kl, rel=1e-5)
    # Known from the first round on, each round anew, and the last is in the row.
    rounds = dict(watch.seen)
    assert None not in [value for step, value in rounds.items() if step >= 8]
    assert len({rounds[8], rounds[16], rounds[24]}) == 3
    assert rounds[24] == loss
    record = RunFolder(tmp_path / "run").read()
    assert record["best"] == {"step": 24, "val_loss": loss}
    best = load_checkpoint(tmp_path / "run" / "best.keras")
    for ours, theirs in zip(best.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_training_goes_on_as_if_nobody_had_looked(tmp_path, monkeypatch):
    use_small_model(monkeypatch)
    often = start_run(Settings(**WATCHED), Squares(), tmp_path / "often")
    once = Settings(**{**WATCHED, "validation_every": 100})
    seldom = start_run(once, Squares(), tmp_path / "seldom")
    for ours, theirs in zip(often.get_weights(), seldom.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    rows = [RunFolder(tmp_path / n).read_history(24)[-1] for n in ("often", "seldom")]
    for row in rows:
        row.pop("seconds")
    assert rows[0] == rows[1]  # the last round, too: each has the same noise


@pytest.mark.parametrize(
    ("objective", "logged", "absent"),
    [
        ("factor_vae", {"val_total_correlation", "val_discriminator"}, set()),
        ("ada_gvae", {"val_kl"}, {"val_shared_latents"}),
    ],
)
def test_two_players_and_pairs_are_validated(tmp_path, objective, logged, absent):
    typed = {**WATCHED, "network": "higgins2017", "latent_dim": 2}
    typed |= {"learning_rate_schedule": "cosine", "warm_up_steps": 2}
    settings = Settings(**{**typed, "steps": 8, "objective": objective})
    start_run(settings, Squares(), tmp_path / "run")
    (row,) = RunFolder(tmp_path / "run").read_history(8)
    assert logged <= set(row)
    assert not absent & set(row)
    assert float(row["val_loss"]) > 0
    # 5e-4 · (1 + cos(π · 5/6)) / 2: two steps of warm-up, then the sixth of six.
    expected = 5e-4 * (1 + np.cos(np.pi * 5 / 6)) / 2
    assert float(row["learning_rate"]) == pytest.approx(expected, rel=1e-5)


@pytest.mark.across_backends
def test_no_state_is_the_best_while_beta_moves(tmp_path, monkeypatch):
    use_small_model(monkeypatch)
    warm_up = {"beta_schedule": "linear", "beta_steps": 20}
    start_run(Settings(**WATCHED, **warm_up), Squares(), tmp_path / "run")
    assert RunFolder(tmp_path / "run").read()["best"]["step"] == 24


@pytest.mark.across_backends
def test_the_learning_rate_is_logged_where_it_moves(tmp_path):
    typed = {"network": "higgins2017", "latent_dim": 2, "batch_size": 8, "steps": 4}
    rates = {"learning_rate": 0.01, "learning_rate_schedule": "linear"}
    start_run(Settings(**typed, **rates), Squares(), tmp_path / "run")
    (row,) = RunFolder(tmp_path / "run").read_history(4)
    # Of the fourth step: three of four have fallen by a quarter each.
    assert float(row["learning_rate"]) == pytest.approx(0.0025)
    start_run(Settings(**typed), Squares(), tmp_path / "constant")
    (row,) = RunFolder(tmp_path / "constant").read_history(4)
    assert "learning_rate" not in row


@pytest.mark.across_backends
def test_a_lengthened_schedule_is_that_of_the_longer_run(tmp_path):
    typed = {"network": "higgins2017", "latent_dim": 2, "batch_size": 8}
    typed |= {"learning_rate_schedule": "cosine"}
    run = tmp_path / "run"
    start_run(Settings(**typed, steps=4), Squares(), run)
    model = resume_run(run, Squares(), steps=8)
    # 5e-4 · (1 + cos(π · 7/8)) / 2, of the eighth step of eight.
    row = RunFolder(run).read_history(8)[-1]
    expected = 5e-4 * (1 + np.cos(np.pi * 7 / 8)) / 2
    assert float(row["learning_rate"]) == pytest.approx(expected, rel=1e-5)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.0, abs=1e-9)
