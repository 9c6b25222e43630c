import numpy as np
import pytest
from small_model import small_images, small_model

from keras_bvae.models.checkpoint import load_checkpoint
from keras_bvae.runs.kept_checkpoints import KeepCheckpoints, KeptCheckpoints


def fit(model, *callbacks, epochs=2):
    """Log periods of six steps."""
    model.fit(
        small_images(24), batch_size=4, epochs=epochs, verbose=0, callbacks=callbacks
    )


def test_a_file_every_few_steps_and_one_of_the_beginning(tmp_path):
    kept = KeptCheckpoints(tmp_path / "checkpoints")
    assert kept.steps() == []
    model = small_model()
    before = model.get_weights()
    fit(model, KeepCheckpoints(kept, 5))
    assert kept.steps() == [0, 5, 10]
    first = load_checkpoint(kept.path_of(0))
    for ours, theirs in zip(first.get_weights(), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert int(load_checkpoint(kept.path_of(10)).step) == 10
    assert KeepCheckpoints(kept, 5).every_steps == 5


@pytest.mark.across_backends
def test_a_run_that_goes_on_keeps_no_beginning(tmp_path):
    kept = KeptCheckpoints(tmp_path)
    for step in (0, 6, 12):
        kept.path_of(step).write_text("of before")
    fit(small_model(), KeepCheckpoints(kept, 4, first_step=6), epochs=1)
    assert kept.steps() == [0, 4, 6]  # 12 lay beyond
    assert kept.path_of(0).read_text() == "of before"


@pytest.mark.across_backends
def test_steps_are_sorted_as_numbers_and_other_files_are_none(tmp_path):
    kept = KeptCheckpoints(tmp_path)
    assert kept.path_of(500).name == "step-000500.keras"
    for name in (1_000_000, 999_999, 7):
        kept.path_of(name).write_text("")
    for name in ("step-1.keras", "step-000001.txt", ".step-000002-part-abcd1234.keras"):
        (tmp_path / name).write_text("")
    assert kept.steps() == [7, 999_999, 1_000_000]


@pytest.mark.across_backends
def test_later_ones_and_halves_can_be_removed(tmp_path):
    kept = KeptCheckpoints(tmp_path)
    for step in (10, 20, 30):
        kept.path_of(step).write_text("")
    (tmp_path / ".step-000020-part-abcd1234.keras").write_text("")
    kept.remove_beyond(20)
    kept.remove_leftovers()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "step-000010.keras",
        "step-000020.keras",
    ]


@pytest.mark.across_backends
def test_weights_that_are_not_finite_are_not_kept(tmp_path):
    model = small_model()
    model.set_weights([w * np.nan if w.ndim else w for w in model.get_weights()])
    kept = KeptCheckpoints(tmp_path / "checkpoints")
    kept.save(model, 5)
    assert kept.steps() == []
