from pathlib import Path

import pytest

from kbvae.checkpoints import beside, name_of


@pytest.mark.parametrize(
    ("checkpoint", "expected"),
    [("runs/a/ckpt.keras", "runs/a/e.json"), ("models/vae.keras", "models/vae-e.json")],
)
def test_results_lie_beside_their_checkpoint_and_do_not_mix(checkpoint, expected):
    assert beside(Path(checkpoint), "e.json") == Path(expected)


def test_a_checkpoint_is_called_by_its_run_or_its_own_name():
    assert name_of(Path("runs/a/ckpt.keras")) == "a"
    assert name_of(Path("models/vae.keras")) == "vae"
