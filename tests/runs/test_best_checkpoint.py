import os

import pytest

from keras_bvae.errors import Unusable
from keras_bvae.runs.best_checkpoint import BestCheckpoint

# Files only; the protocol with the checkpoints is in test_stretch.py.
pytestmark = pytest.mark.across_backends


@pytest.fixture
def best(tmp_path, monkeypatch):
    """Models are texts here."""
    monkeypatch.setattr(
        "keras_bvae.runs.best_checkpoint.save_checkpoint",
        lambda model, path: path.write_text(model),
    )
    return BestCheckpoint(tmp_path)


def test_a_state_waits_until_a_checkpoint_knows_it(best):
    best.stage("of 6", 6)
    assert not best.path.exists()
    best.settle(6)
    assert best.path.read_text() == "of 6"
    best.stage("of 12", 12)
    best.stage("of 18", 18)
    assert best.staged_steps() == [18]
    assert best.path.read_text() == "of 6"
    best.settle(6)  # killed before the next checkpoint: 18 never was
    assert (best.path.read_text(), best.staged_steps()) == ("of 6", [])
    best.settle(6)
    assert best.path.read_text() == "of 6"


def test_before_the_first_round_there_is_none(best):
    best.stage("of 6", 6)
    best.settle(6)
    best.settle(None)
    assert list(best.folder.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="needs links")
def test_nothing_is_written_or_removed_through_a_link(best, tmp_path):
    (tmp_path / "mine").write_text("of mine")
    best.path.symlink_to(tmp_path / "mine")
    best.stage("of 6", 6)
    for step in (6, None):
        with pytest.raises(Unusable, match="through a link"):
            best.settle(step)
    assert (tmp_path / "mine").read_text() == "of mine"
