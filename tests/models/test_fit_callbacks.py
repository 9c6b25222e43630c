"""`fit` as it runs on a device that is no CPU: long dispatches, work done ahead."""

import signal
import threading

import keras
import numpy as np
import pytest
from numbered_images import NumberedImages
from numbered_run import Squares
from small_model import small_model

from keras_bvae.callbacks import DisentanglementMetric, ExactResume
from keras_bvae.engine import engine
from keras_bvae.metrics.score import Score
from keras_bvae.models.fit_callbacks import FitCallbacks
from keras_bvae.runs.run_callbacks import StopAt, StopOnSignal


class Hears(keras.callbacks.Callback):
    """Notes the place and the model's step whenever it is called."""

    def __init__(self, every_steps):
        super().__init__()
        self.every_steps = every_steps
        self.begun, self.seen, self.losses = [], [], []

    def on_train_batch_begin(self, batch, logs=None):
        self.begun.append(batch)

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append((batch, int(self.model.step)))
        self.losses.append(logs["loss"])


class Kept(Squares):
    """The same images, which lie in memory."""

    def stored_images(self, count):
        return self.images_at(np.arange(len(self)))


@pytest.fixture
def dispatches(monkeypatch):
    """The steps of each dispatch, on what `fit` takes for a GPU."""
    counts = []

    def many_steps(model, images_of):
        def run(stored, payload, count, *state):
            counts.append(count)
            return real(stored, payload, count, *state)

        real = engine_many_steps(model, images_of)
        return run

    engine_many_steps = engine.many_steps
    monkeypatch.setattr(engine, "many_steps", many_steps)
    monkeypatch.setattr(engine, "is_on_cpu", lambda: False)
    return counts


def fit(model, *callbacks, epochs=2, steps=60, dataset=None, **arguments):
    batches = (dataset or Squares()).batches(8, seed=3)
    return model.fit(
        batches,
        epochs=epochs,
        steps_per_epoch=steps,
        verbose=0,
        callbacks=callbacks,
        **arguments,
    ).history


def state_of(model):
    variables = [*model.variables, *model.optimizer.variables]
    return [keras.ops.convert_to_numpy(v.value) for v in variables]


def assert_same(ours, theirs):
    for one, other in zip(state_of(ours), state_of(theirs), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("dataset", [Squares, Kept])
def test_long_dispatches_are_the_same_steps(dispatches, dataset):
    single, long = small_model(), small_model()
    expected = fit(single, Hears(1), steps=130, epochs=1, dataset=dataset())
    assert dispatches == [1] * 130
    dispatches.clear()
    history = fit(long, steps=130, epochs=1, dataset=dataset())
    assert dispatches == [100, 30]
    assert history.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-5, atol=1e-6)
    assert_same(long, single)
    assert not [t for t in threading.enumerate() if t.name.startswith("kbvae-feed")]


def test_odd_intervals_are_met_exactly(dispatches):
    codes = []

    def metric(encode, dataset):
        codes.append(encode(dataset.images_at([3])))
        return Score("codes", 0.0, {}, "custom", {}, 0, 0.0)

    single, long = small_model(), small_model()
    scored = DisentanglementMetric(Squares(), metric, every_batches=33)
    fit(single, Hears(1), scored)
    dispatches.clear()
    hears = Hears(None)
    scored_again = DisentanglementMetric(Squares(), metric, every_batches=33)
    fit(long, hears, scored_again)
    assert dispatches == [33, 27, 6, 33, 21]
    assert hears.begun == [0, 33, 0, 6, 39]
    assert hears.seen == [(32, 33), (59, 60), (5, 66), (38, 99), (59, 120)]
    assert [when for when, _ in scored_again.results] == [33, 66, 99]
    np.testing.assert_allclose(codes[:3], codes[3:], rtol=1e-4, atol=1e-5)
    assert_same(long, single)


@pytest.mark.across_backends
def test_a_last_step_cuts_one_dispatch_short(dispatches):
    model = small_model()
    fit(model, StopAt(101), epochs=3)
    assert dispatches == [60, 41]
    assert int(model.step) == 101


@pytest.mark.across_backends
def test_a_fit_that_died_goes_on_exactly(dispatches, tmp_path):
    class Dies(Hears):
        def on_train_batch_end(self, batch, logs=None):
            super().on_train_batch_end(batch, logs)
            if len(self.seen) == 2:
                raise MemoryError

    whole, broken, resumed = small_model(), small_model(), small_model()
    expected = fit(whole, Hears(35))
    with pytest.raises(MemoryError):
        fit(broken, ExactResume(tmp_path / "kept", save_freq=35), Dies(None))
    dispatches.clear()
    history = fit(resumed, ExactResume(tmp_path / "kept", save_freq=35))
    assert dispatches == [25, 10, 35, 15]
    assert history == expected
    for one, other in zip(state_of(resumed), state_of(whole), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.across_backends
def test_a_signal_ends_a_fit_with_its_dispatch(dispatches):
    class Interrupts(Hears):
        def on_train_batch_end(self, batch, logs=None):
            signal.raise_signal(signal.SIGINT)

    model = small_model()
    with StopOnSignal() as interruption:
        fit(model, Interrupts(40), interruption, dataset=Squares())
    assert dispatches == [40]
    assert int(model.step) == 40
    assert not [t for t in threading.enumerate() if t.name.startswith("kbvae-feed")]


@pytest.mark.across_backends
def test_an_image_that_cannot_be_read_ends_a_fit_at_its_step(dispatches):
    class Broken(NumberedImages):
        def __init__(self):
            super().__init__(count=250)
            self.image_shape = (8, 8, 1)

        def _images_at(self, indices):
            if 150 in indices:
                raise OSError("image 150 is gone")
            return np.zeros((len(indices), 8, 8, 1), "uint8")

    model, hears = small_model(), Hears(10)
    batches = Broken().batches(8, shuffle=False)
    with pytest.raises(OSError, match="image 150 is gone"):
        model.fit(batches, steps_per_epoch=30, verbose=0, callbacks=[hears])
    assert hears.seen == [(9, 10)]  # step 18 is the one
    assert not [t for t in threading.enumerate() if t.name.startswith("kbvae-feed")]


@pytest.mark.across_backends
def test_what_crosses_to_a_device_and_back(dispatches, monkeypatch):
    sent, fetched = [], []
    sender, fetch = engine.sender(), engine.fetched
    monkeypatch.setattr(
        engine, "sender", lambda: lambda array: sent.append(array) or sender(array)
    )
    monkeypatch.setattr(
        engine, "fetched", lambda logs: fetched.append(logs) or fetch(logs)
    )
    hears, dataset = Hears(25), Kept()
    fit(small_model(), hears, epochs=1, dataset=dataset)
    # The numbers of 25 x 8 images there, every log at once back; 25, 25 and 10 steps.
    assert [array.nbytes for array in sent] == [25 * 8 * 4] * 3
    assert len(fetched) == 3
    assert all(isinstance(float(loss), float) for loss in hears.losses)
    # Nobody reads the logs: nobody waits for them.
    fit(small_model(), epochs=1, dataset=dataset)
    assert len(fetched) == 3
    # Unless images go there: not more than one dispatch of them is to wait.
    fit(small_model(), epochs=1, dataset=Squares())
    assert len(fetched) == 4
    assert sent[-1].nbytes == 60 * 8 * 64


@pytest.mark.skipif(
    keras.backend.backend() == "torch", reason="Keras: no steps_per_execution on torch"
)
@pytest.mark.across_backends
def test_steps_per_execution_of_the_users_own(dispatches):
    model, hears = small_model(compiled=False), Hears(1)
    model.compile("adam", steps_per_execution=4)
    fit(model, hears, steps=10, validation_data=(np.zeros((8, 8, 8, 1), "uint8"),))
    assert dispatches == [4, 4, 2] * 2
    assert hears.seen == [(3, 4), (7, 8), (9, 10), (3, 14), (7, 18), (9, 20)]
    assert model.steps_per_execution == 4


@pytest.mark.across_backends
def test_what_comes_last_knows_the_others():
    class Last(keras.callbacks.Callback):
        comes_last = True

    last, other = Last(), Hears(1)
    callbacks = FitCallbacks([last, other], model=small_model())
    assert callbacks.callbacks[0] is other
    assert callbacks.callbacks[-1] is last
    assert last.companions == callbacks.callbacks[:-1]
