import pytest

from kbvae.finished_run import stopped_early


@pytest.mark.parametrize(
    ("loss", "kind"), [("val_loss", "validation"), ("loss", "training")]
)
def test_an_early_end_is_told_with_what_to_do(loss, kind):
    """The rest is in test_train.py."""
    said = stopped_early({"step": 15, "rounds": 2, "loss": loss})
    assert f"no lesser {kind} loss in 2 rounds" in said
    assert "--resume with a later step" in said
