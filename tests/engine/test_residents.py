import gc
import weakref

import numpy as np
import pytest
from numbered_images import NumberedImages

from keras_bvae.engine import residents as module
from keras_bvae.engine.residents import resident_images

pytestmark = pytest.mark.across_backends


class Kept(NumberedImages):
    """All images lie in memory: four bytes each."""

    def stored_images(self, count):
        return self.images_at(np.arange(len(self)))


class Reader:
    """A feed, as far as the budget knows it."""

    def __init__(self, dataset, **arguments):
        self.stored = resident_images(dataset, 100, self, **arguments)


@pytest.fixture
def sent(monkeypatch):
    arrays = []

    def to_device(array):
        arrays.append(array)
        return array.copy()

    for name in ("_on_device", "_read_by"):
        monkeypatch.setattr(module, name, weakref.WeakKeyDictionary())
    monkeypatch.setattr(module.engine, "to_device", to_device)
    return arrays


def has_room_for(monkeypatch, images):
    monkeypatch.setattr(module.engine, "memory_bytes", lambda: 4 * 4 * images)


def test_images_go_to_the_device_once(sent):
    dataset = Kept(23)
    readers = [Reader(dataset) for _ in range(3)]
    assert len(sent) == 1
    assert all(reader.stored is readers[0].stored for reader in readers)


def test_images_that_do_not_fit_stay_at_home(sent, monkeypatch):
    has_room_for(monkeypatch, 22)
    assert Reader(Kept(23)).stored is None
    has_room_for(monkeypatch, 23)
    assert Reader(Kept(23)).stored is not None


def test_all_data_sets_share_one_budget(sent, monkeypatch):
    has_room_for(monkeypatch, 50)
    first, second = Reader(Kept(20)), Reader(Kept(20))
    assert Reader(Kept(20)).stored is None
    assert first.stored is not None
    assert second.stored is not None
    assert Reader(Kept(10)).stored is not None


def test_what_nobody_reads_makes_room_the_oldest_first(sent, monkeypatch):
    has_room_for(monkeypatch, 50)
    sets = [Kept(20), Kept(20), Kept(20)]
    kept = Reader(sets[0])
    Reader(sets[1])
    gc.collect()
    assert Reader(sets[2]).stored is not None
    assert set(module._on_device) == {sets[0], sets[2]}
    assert Reader(sets[1]).stored is not None  # for the third one, of no reader either
    assert kept.stored is Reader(sets[0]).stored
    assert len(sent) == 4


def test_a_set_that_is_gone_leaves_its_room(sent, monkeypatch):
    has_room_for(monkeypatch, 20)
    Reader(Kept(20))
    gc.collect()
    assert not module._on_device
    assert Reader(Kept(20)).stored is not None


def test_what_is_no_image_is_refused_before_it_goes(sent):
    def look(images):
        raise ValueError("no images")

    with pytest.raises(ValueError, match="no images"):
        Reader(Kept(5), look=look)
    assert not sent
    assert not module._on_device
