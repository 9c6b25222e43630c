import keras
import numpy as np
import pytest
from numbered_images import NumberedImages, numbers_of
from numbered_run import Squares

from keras_bvae import datasets
from keras_bvae.callbacks import DisentanglementMetric, ExactResume
from keras_bvae.datasets.changes import subset
from keras_bvae.datasets.factors import FactorGrid
from keras_bvae.datasets.sprites.packed_images import PackedDataset
from keras_bvae.engine import feed as module
from keras_bvae.engine.feed import Feed, steps_at_once, unpacking
from keras_bvae.runs.run_callbacks import StopAt

# ---- the images ----------------------------------------------------------------


class Kept(NumberedImages):
    """All images lie in memory."""

    def stored_images(self, count):
        return self.images_at(np.arange(len(self)))


class Bits(PackedDataset):
    """Twelve random black and white images, kept as bits."""

    def __init__(self):
        super().__init__("bits", FactorGrid(("row",), (12,)))

    def _read_packed(self, progress):
        return np.random.default_rng(0).integers(0, 256, (12, 512), dtype="uint8")


class BitsReadLate(Bits):
    """They stay with the data set."""

    def stored_images(self, count):
        return None


def images_of_dispatch(feed):
    """The images of each step of the next dispatch, as the device sees them."""
    payload, count = feed.next_steps()
    images_of = unpacking(feed.form)
    for row in payload[:count]:
        yield keras.ops.convert_to_numpy(
            images_of(feed.stored, keras.ops.convert_to_tensor(row))
        )


def test_most_of_a_large_set_is_looked_up_in_all_of_it(monkeypatch):
    monkeypatch.setattr(subset, "LARGEST_COPY", 11)
    whole = Kept(23)
    most, fewest = whole.split(0.2, seed=1)
    batches = most.batches(5, seed=4)
    feed = Feed(batches, steps=20, steps_at_once=4)
    assert len(feed.stored) == 23
    for step, images in enumerate(images_of_dispatch(feed)):
        np.testing.assert_array_equal(images, batches.batch_of_step(step))
    assert Feed(fewest.batches(2), steps=20, steps_at_once=4).stored is None


def test_the_last_dispatch_is_cut_short_at_the_end():
    feed = Feed(Kept(23).batches(5, seed=4), steps=20, steps_at_once=4)
    feed.end = 6
    counts = [(len(list(images_of_dispatch(feed))), feed.left_out) for _ in range(2)]
    assert counts == [(4, 0), (2, 2)]
    assert feed.position == 6


@pytest.mark.parametrize("dataset", [Kept(23), NumberedImages(23)], ids=str)
def test_steps_get_the_images_of_the_stream(dataset):
    batches = dataset.batches(5, seed=4, first_step=3)
    feed = Feed(batches, steps=20, steps_at_once=4)
    seen = [*images_of_dispatch(feed), *images_of_dispatch(feed)]
    assert feed.position == 11
    for step, images in enumerate(seen, 3):
        np.testing.assert_array_equal(images, batches.batch_of_step(step))
        assert numbers_of(images) == list(batches.indices_of_step(step))


@pytest.mark.parametrize("dataset", [Bits(), BitsReadLate()], ids=["device", "host"])
def test_bits_come_out_as_pixels(dataset):
    batches = dataset.batches(5, seed=4)
    (images,) = images_of_dispatch(Feed(batches, steps=20, steps_at_once=1))
    assert images.shape == (5, 64, 64, 1)
    np.testing.assert_array_equal(images * 255, batches.batch_of_step(0))


def test_bits_are_sent_as_bits():
    payload, _ = Feed(BitsReadLate().batches(5), 20, 2).next_steps()
    assert (payload.shape, payload.dtype) == ((2, 5, 512), "uint8")
    payload, _ = Feed(Bits().batches(5), 20, 2).next_steps()
    assert (payload.shape, payload.dtype) == ((2, 5), "int32")


@pytest.mark.across_backends
def test_steps_that_were_done_before_are_counted_only():
    feed = Feed(Kept(23).batches(5, first_step=7), steps=20, steps_at_once=4)
    feed.done_before = 6
    assert feed.next_steps()[1] == 0
    payload, count = feed.next_steps()
    assert (count, len(payload), feed.position) == (2, 4, 9)
    assert feed.next_steps()[1] == 4


@pytest.mark.across_backends
def test_images_go_to_the_device_once(monkeypatch):
    dataset, sent = Kept(23), []
    monkeypatch.setattr(
        module.engine, "to_device", lambda array: sent.append(array) or array
    )
    for _ in range(3):
        Feed(dataset.batches(5), 20, 2)
    assert len(sent) == 1


@pytest.mark.across_backends
def test_images_that_do_not_fit_stay_at_home(monkeypatch):
    monkeypatch.setattr(module.engine, "memory_bytes", lambda: 4 * 22 * 4)
    assert Feed(Kept(23).batches(5), 20, 2).stored is None
    monkeypatch.setattr(module.engine, "memory_bytes", lambda: 4 * 23 * 4)
    assert Feed(Kept(23).batches(5), 20, 2).stored is not None


@pytest.mark.across_backends
def test_dsprites_is_not_drawn_for_a_few_steps():
    dataset = datasets.load("dsprites")
    feed = Feed(dataset.batches(8), steps=10, steps_at_once=2)
    payload, _ = feed.next_steps()
    assert feed.stored is None
    assert payload.shape == (2, 8, 512)


# ---- how many steps at once ----------------------------------------------------


class Looks(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        pass


class LooksTheOldWay(keras.callbacks.Callback):
    def on_batch_begin(self, batch, logs=None):
        pass


@pytest.fixture
def an_accelerator(monkeypatch):
    monkeypatch.setattr(module.engine, "is_on_cpu", lambda: False)


on_an_accelerator = pytest.mark.usefixtures("an_accelerator")


@pytest.mark.across_backends
@on_an_accelerator
def test_nobody_looks():
    assert steps_at_once([], 100) == 100
    assert steps_at_once([keras.callbacks.EarlyStopping()], 60) == 60
    assert steps_at_once([keras.callbacks.ProgbarLogger()], 100) == 100


@pytest.mark.across_backends
@on_an_accelerator
def test_a_callback_that_may_look_gets_single_steps():
    assert steps_at_once([Looks()], 100) == 1
    assert steps_at_once([LooksTheOldWay()], 100) == 1
    looks = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)
    assert steps_at_once([looks], 100) == 1


@pytest.mark.across_backends
@on_an_accelerator
def test_a_callback_may_say_how_often_it_looks(tmp_path):
    assert steps_at_once([ExactResume(tmp_path, save_freq=250)], 100) == 50
    assert steps_at_once([ExactResume(tmp_path)], 100) == 100
    assert steps_at_once([StopAt(2030), ExactResume(tmp_path, save_freq=40)], 100) == 20
    assert steps_at_once([StopAt(17)], 100) == 100  # it cuts the last one short


@pytest.mark.across_backends
@on_an_accelerator
def test_the_metric_looks_as_often_as_it_scores():
    assert steps_at_once([DisentanglementMetric(Squares())], 100) == 100
    metric = DisentanglementMetric(Squares(), every_batches=20)
    assert steps_at_once([metric], 100) == 20


@pytest.mark.across_backends
@on_an_accelerator
def test_long_epochs_are_cut_into_equal_parts():
    assert steps_at_once([], 11_520) == 96
    assert steps_at_once([], 101) == 1  # a prime


@pytest.mark.across_backends
def test_a_cpu_takes_fewer(monkeypatch):
    monkeypatch.setattr(module.engine, "is_on_cpu", lambda: True)
    assert steps_at_once([], 100) == 10
    assert steps_at_once([], 7) == 7
