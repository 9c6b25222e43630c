import threading

import keras
import numpy as np
import pytest
from numbered_images import NumberedImages, numbers_of

from keras_bvae import datasets
from keras_bvae.datasets.changes import subset
from keras_bvae.datasets.factors import FactorGrid
from keras_bvae.datasets.sprites.packed_images import PackedDataset
from keras_bvae.engine import feed as module
from keras_bvae.engine.dispatches import Dispatches
from keras_bvae.engine.feed import Feed, unpacking

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
    feed = Feed(batches, steps=20, dispatches=Dispatches(4))
    assert len(feed.stored) == 23
    for step, images in enumerate(images_of_dispatch(feed)):
        np.testing.assert_array_equal(images, batches.batch_of_step(step))
    assert Feed(fewest.batches(2), steps=20, dispatches=Dispatches(4)).stored is None


def test_the_last_dispatch_is_cut_short_at_the_end():
    feed = Feed(Kept(23).batches(5, seed=4), steps=20, dispatches=Dispatches(4))
    feed.end = 6
    assert [len(list(images_of_dispatch(feed))) for _ in range(3)] == [4, 2, 0]
    assert feed.position == feed.end == 6
    assert feed.is_idle


@pytest.mark.parametrize("dataset", [Kept(23), NumberedImages(23)], ids=str)
def test_steps_get_the_images_of_the_stream(dataset):
    batches = dataset.batches(5, seed=4, first_step=3)
    feed = Feed(batches, steps=20, dispatches=Dispatches(4))
    seen = [*images_of_dispatch(feed), *images_of_dispatch(feed)]
    assert feed.position == 11
    for step, images in enumerate(seen, 3):
        np.testing.assert_array_equal(images, batches.batch_of_step(step))
        assert numbers_of(images) == list(batches.indices_of_step(step))


@pytest.mark.parametrize("dataset", [Bits(), BitsReadLate()], ids=["device", "host"])
def test_bits_come_out_as_pixels(dataset):
    batches = dataset.batches(5, seed=4)
    (images,) = images_of_dispatch(Feed(batches, steps=20, dispatches=Dispatches(1)))
    assert images.shape == (5, 64, 64, 1)
    np.testing.assert_array_equal(images * 255, batches.batch_of_step(0))


def test_bits_are_sent_as_bits():
    payload, _ = Feed(BitsReadLate().batches(5), 20, Dispatches(2)).next_steps()
    assert (payload.shape, payload.dtype) == ((2, 5, 512), "uint8")
    payload, _ = Feed(Bits().batches(5), 20, Dispatches(2)).next_steps()
    assert (payload.shape, payload.dtype) == ((2, 5), "int32")


@pytest.mark.across_backends
def test_an_epoch_goes_on_behind_what_was_done_before():
    batches = Kept(23).batches(5, first_step=7)
    feed = Feed(batches, steps=20, dispatches=Dispatches(4, steps_per_epoch=10))
    feed.done_before = 7
    feed.begin(epoch=2, steps_before=27)
    assert (feed.done, feed.is_idle) == (7, False)
    payload, count = feed.next_steps()
    assert (count, len(payload), feed.position) == (3, 4, 10)
    assert (feed.done, feed.is_idle) == (10, True)
    feed.epoch = 3
    assert (feed.done, feed.is_idle) == (0, False)
    assert feed.next_steps()[1] == 4


@pytest.mark.across_backends
def test_a_short_dispatch_has_blank_rows():
    feed = Feed(NumberedImages(23).batches(5), 3, Dispatches(4, steps_per_epoch=3))
    assert len(feed.next_steps()[0]) == 3  # no dispatch is longer than an epoch
    feed = Feed(NumberedImages(23).batches(5), 6, Dispatches(4, steps_per_epoch=6))
    feed.next_steps()
    payload, count = feed.next_steps()
    assert (count, len(payload), payload[count:].any()) == (2, 4, False)


@pytest.mark.across_backends
def test_dsprites_is_not_drawn_for_a_few_steps():
    dataset = datasets.load("dsprites")
    feed = Feed(dataset.batches(8), steps=10, dispatches=Dispatches(2))
    payload, _ = feed.next_steps()
    assert feed.stored is None
    assert payload.shape == (2, 8, 512)


# ---- a device with a memory of its own -----------------------------------------


@pytest.fixture
def crossings(monkeypatch):
    """Arrays that are sent to a device which is no CPU, and the thread that sends."""
    sent = []

    def send(array):
        sent.append((array, threading.current_thread()))
        return array

    monkeypatch.setattr(module.engine, "is_on_cpu", lambda: False)
    monkeypatch.setattr(module.engine, "sender", lambda: send)
    return sent


@pytest.mark.across_backends
def test_the_next_images_are_made_and_sent_meanwhile(crossings):
    batches = NumberedImages(23).batches(5, seed=4)
    feed = Feed(batches, steps=20, dispatches=Dispatches(4, steps_per_epoch=10))
    feed.dispatches.epochs = 1
    for first, expected in ((0, 4), (4, 4), (8, 2)):
        payload, count = feed.next_steps()
        assert count == expected
        for step in range(count):
            np.testing.assert_array_equal(
                payload[step], batches.batch_of_step(first + step)
            )
    feed.close()
    # One array a dispatch, nothing beyond the end, all but the first in one thread.
    assert len(crossings) == 3
    threads = [thread for _, thread in crossings]
    assert threads[0] is threading.current_thread()
    assert threads[1] is threads[2] is not threads[0]
    assert not threads[1].is_alive()


@pytest.mark.across_backends
def test_numbers_alone_cross_where_images_are_there_already(crossings):
    feed = Feed(Kept(23).batches(5), steps=20, dispatches=Dispatches(4))
    feed.next_steps()
    feed.close()
    assert {(array.dtype.name, array.nbytes) for array, _ in crossings} == {
        ("int32", 4 * 5 * 4)
    }


@pytest.mark.across_backends
def test_an_error_is_raised_at_the_step_that_it_belongs_to(crossings):
    class Broken(NumberedImages):
        def _images_at(self, indices):
            if 7 in indices:
                raise OSError("image 7 is gone")
            return super()._images_at(indices)

    feed = Feed(Broken(10).batches(2, shuffle=False), 5, Dispatches(1))
    for _ in range(3):
        assert feed.next_steps()[1] == 1
    with pytest.raises(OSError, match=r"^image 7 is gone$"):
        feed.next_steps()
    feed.close()
