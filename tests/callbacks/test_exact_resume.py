import json
import os

import keras
import numpy as np
import pytest
from numbered_run import Squares
from small_model import small_images, small_model, small_model_of

import keras_bvae as kb
from keras_bvae.callbacks import DisentanglementMetric, ExactResume
from keras_bvae.errors import InvalidValue
from keras_bvae.models.checkpoint import load_checkpoint, read_state, save_checkpoint


class DieAt(keras.callbacks.Callback):
    """Ends the process, as far as `fit` can tell, after a step."""

    every_steps = 1

    def __init__(self, step):
        super().__init__()
        self.step, self.count = step, 0

    def on_train_batch_end(self, batch, logs=None):
        self.count += 1
        if self.count == self.step:
            raise MemoryError("killed")


def fit(model, *callbacks, epochs=3):
    """Three epochs of ten steps; returns the history."""
    batches = Squares().batches(8, seed=3)
    return model.fit(
        batches, epochs=epochs, steps_per_epoch=10, verbose=0, callbacks=callbacks
    ).history


def all_state(model):
    variables = [*model.variables, *model.metrics_variables, *model.optimizer.variables]
    return [keras.ops.convert_to_numpy(v.value) for v in variables]


def assert_equal_state(ours, theirs):
    for one, other in zip(all_state(ours), all_state(theirs), strict=True):
        np.testing.assert_array_equal(one, other)


def fit_in_pieces(make_model, folder, deaths, *callbacks, **arguments):
    """Fits, dies, and begins again in a new model, until nothing dies any more."""
    for death in deaths:
        resume, others = ExactResume(folder, **arguments), [c() for c in callbacks]
        with pytest.raises(MemoryError):
            fit(make_model(), resume, *others, DieAt(death))
    resume, others = ExactResume(folder, **arguments), [c() for c in callbacks]
    model = make_model()
    return model, fit(model, resume, *others)


@pytest.mark.parametrize("kind", [kb.BetaVAE, kb.FactorVAE])
def test_a_fit_that_died_thrice_equals_an_unbroken_one(tmp_path, kind):
    def model():
        return small_model_of(kind)

    whole = model()
    history = fit(whole)
    resumed, rows = fit_in_pieces(model, tmp_path, (7, 9, 11), save_freq=4)
    assert rows == history
    assert_equal_state(resumed, whole)
    assert int(resumed.step) == 30


@pytest.mark.across_backends
@pytest.mark.parametrize(
    "kind", [kb.AnnealedVAE, kb.BetaTCVAE, kb.DIPVAE, kb.InfoVAE], ids=str
)
def test_every_objective_goes_on_exactly(tmp_path, kind):
    arguments = {"dataset_size": 36} if kind is kb.BetaTCVAE else {}

    def model():
        return small_model_of(kind, **arguments)

    whole = model()
    history = fit(whole)
    resumed, rows = fit_in_pieces(model, tmp_path, (17,), save_freq=4)
    assert rows == history
    assert_equal_state(resumed, whole)


@pytest.mark.parametrize("scale", ["learned", "optimal"])
def test_a_scale_that_moves_goes_on_exactly(tmp_path, scale):
    def model():
        return small_model(likelihood="gaussian", gaussian_scale=scale)

    whole = model()
    history = fit(whole)
    resumed, rows = fit_in_pieces(model, tmp_path, (17,), save_freq=4)
    assert rows == history
    assert resumed.current_scale == whole.current_scale
    assert_equal_state(resumed, whole)


@pytest.mark.across_backends
def test_a_schedule_and_pairs_go_on_exactly(tmp_path):
    def model():
        beta = kb.schedules.Linear(0.0, 4.0, 25)
        return small_model_of(kb.AdaGVAE, beta=beta)

    def fit_pairs(model, *callbacks):
        batches = Squares().pair_batches(8, seed=3)
        callbacks = list(callbacks)
        return model.fit(
            batches, epochs=3, steps_per_epoch=10, verbose=0, callbacks=callbacks
        ).history

    whole = model()
    history = fit_pairs(whole)
    with pytest.raises(MemoryError):
        fit_pairs(model(), ExactResume(tmp_path, save_freq=1), DieAt(14))
    resumed = model()
    assert fit_pairs(resumed, ExactResume(tmp_path, save_freq=1)) == history
    assert_equal_state(resumed, whole)


@pytest.mark.across_backends
def test_scores_of_the_epoch_so_far_are_not_lost(tmp_path):
    def score():
        return DisentanglementMetric(Squares(), every_batches=6)

    whole = score()
    history = fit(small_model(), whole)
    # Scored at 6 and 12; saved at 16, within the second epoch.
    _, rows = fit_in_pieces(small_model, tmp_path, (17,), score, save_freq=8)
    assert rows == history
    assert "beta_vae_score" in rows


@pytest.mark.across_backends
def test_what_early_stopping_counts_comes_back(tmp_path):
    def patience():
        return keras.callbacks.EarlyStopping(monitor="loss", patience=3, min_delta=1e9)

    whole = small_model()
    history = fit(whole, patience(), epochs=10)
    with pytest.raises(MemoryError):
        fit(small_model(), patience(), ExactResume(tmp_path), DieAt(25), epochs=10)
    resumed = small_model()
    assert fit(resumed, patience(), ExactResume(tmp_path), epochs=10) == history
    assert int(resumed.step) == int(whole.step) < 100


@pytest.mark.across_backends
def test_the_file_says_where_it_stands_and_goes_when_fit_ends(tmp_path):
    with pytest.raises(MemoryError):
        fit(small_model(), ExactResume(tmp_path, save_freq=4), DieAt(17))
    state = read_state(tmp_path / "ckpt.keras")
    assert (state["step"], state["position"]) == (16, 16)
    assert (state["epoch"], state["done_in_epoch"]) == (1, 6)
    assert json.dumps(state)
    fit(small_model(), ExactResume(tmp_path, save_freq=4))
    assert not (tmp_path / "ckpt.keras").exists()


@pytest.mark.across_backends
def test_the_file_can_be_kept(tmp_path):
    resume = ExactResume(tmp_path, delete_checkpoint=False)
    fit(small_model(), resume)
    assert resume.saved_step == read_state(tmp_path / "ckpt.keras")["step"] == 30


@pytest.mark.across_backends
def test_weights_that_are_not_finite_are_not_saved(tmp_path):
    class Spoil(DieAt):
        def on_train_batch_end(self, batch, logs=None):
            self.count += 1
            if self.count == self.step:
                kernel = self.model.encoder.layers[-1].kernel
                kernel.assign(np.full(kernel.shape, np.nan))

    resume = ExactResume(tmp_path, save_freq=2, delete_checkpoint=False)
    fit(small_model(), Spoil(7), resume)
    assert resume.saved_step == 6


@pytest.mark.across_backends
@pytest.mark.parametrize("value", [0, -3, True, 2.5, "step"])
def test_a_frequency_that_is_none_is_refused(tmp_path, value):
    with pytest.raises(ValueError, match="`save_freq` must be"):
        ExactResume(tmp_path, save_freq=value)


@pytest.mark.across_backends
def test_a_folder_without_a_name_is_refused():
    with pytest.raises(ValueError, match="`backup_dir` must name a folder"):
        ExactResume("")


@pytest.mark.across_backends
def test_a_file_in_the_folders_place_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError, match="is a file"):
        fit(small_model(), ExactResume(tmp_path / "file" / "backup"))


@pytest.mark.across_backends
def test_arrays_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"dataset\.batches"):
        small_model().fit(small_images(), verbose=0, callbacks=[ExactResume(tmp_path)])


@pytest.mark.across_backends
def test_a_file_of_another_model_is_refused(tmp_path):
    fit(small_model(), ExactResume(tmp_path, delete_checkpoint=False))
    with pytest.raises(ValueError, match="goes on from a checkpoint of its own"):
        fit(small_model_of(kb.FactorVAE), ExactResume(tmp_path))


@pytest.mark.across_backends
def test_an_epoch_that_was_stopped_on_the_way_is_not_counted_twice(tmp_path):
    class Stop(DieAt):
        def on_train_batch_end(self, batch, logs=None):
            self.count += 1
            if self.count == self.step:
                self.model.stop_training = True

    whole = small_model()
    history = fit(whole)
    resume = ExactResume(tmp_path, save_freq=4, delete_checkpoint=False)
    fit(small_model(), resume, Stop(14))
    assert resume.saved_step == 14
    resumed = small_model()
    assert fit(resumed, ExactResume(tmp_path, save_freq=4)) == history
    assert_equal_state(resumed, whole)


@pytest.mark.across_backends
@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("EarlyStopping 0", {"model": "mine"}),
        ("EarlyStopping 0", {"wait": "long"}),
        ("EarlyStopping 0", [1]),
        ("History 0", {"history": {"loss": ["low"]}}),
        ("History 0", {"params": 3}),
        ("DisentanglementMetric 0", {"results": 3}),
        ("DisentanglementMetric 0", {"results": [[1, {"score": 3}]]}),
    ],
    ids=str,
)
def test_an_odd_state_of_a_callback_is_one_sentence(tmp_path, name, state):
    def callbacks():
        stopping = keras.callbacks.EarlyStopping("loss")
        return ExactResume(tmp_path), stopping, DisentanglementMetric(Squares())

    with pytest.raises(MemoryError):
        fit(small_model(), *callbacks(), DieAt(15))
    path = tmp_path / "ckpt.keras"
    saved = read_state(path)
    saved["callbacks"][name] = state
    save_checkpoint(load_checkpoint(path), path, saved)
    with pytest.raises(InvalidValue, match=f"that of '{name}' is odd"):
        fit(small_model(), *callbacks())


@pytest.mark.across_backends
@pytest.mark.skipif(os.name != "posix", reason="needs locks of POSIX")
def test_what_a_killed_process_left_goes_with_the_next_one(tmp_path):
    (tmp_path / ".ckpt-part-abcd1234.keras").write_text("half")
    fit(small_model(), ExactResume(tmp_path, delete_checkpoint=False), epochs=1)
    assert os.listdir(tmp_path) == ["ckpt.keras"]
