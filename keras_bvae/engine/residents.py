"""Which data sets' images stay on the device, all together within one budget."""

import weakref

import keras

from keras_bvae.engine import engine

# All images that stay on the device take up to this share of its memory.
LARGEST_SHARE = 0.25

# By data set, for as long as it lives, in the order in which they came.
_on_device = weakref.WeakKeyDictionary()
# By feed, for as long as it lives: the images that it looks up there.
_read_by = weakref.WeakKeyDictionary()


class _Resident:
    """Images on the device: the tensor, its bytes, what Keras spreads over."""

    def __init__(self, images):
        self.devices = keras.distribution.distribution()
        self.bytes = images.nbytes
        self.images = engine.to_device(images)


def resident_images(dataset, count, reader, look=None):
    """All images of a data set on the device, put there the first time.

    Images of data sets that nothing trains on any more make room, the oldest first.

    Args:
        dataset: `Dataset`.
        count: int, how many images are going to be asked for.
        reader: the object that holds the result, for as long as it lives.
        look: function of images as they are stored, that raises if they are none.

    Returns:
        Tensor; None where the images stay with the data set.
    """
    known = _on_device.get(dataset)
    if known is None or known.devices is not keras.distribution.distribution():
        images = dataset.stored_images(count)
        if images is None or not _makes_room(images.nbytes, dataset):
            return None
        if look is not None:
            look(images)
        known = _on_device[dataset] = _Resident(images)
    _read_by[reader] = known
    return known.images


def _makes_room(size, dataset):
    """Whether so many bytes fit into the budget, once others are gone."""
    _on_device.pop(dataset, None)  # images for other devices
    budget = LARGEST_SHARE * engine.memory_bytes()
    read = set(_read_by.values())
    if size + sum(resident.bytes for resident in read) > budget:
        return False
    for other, resident in list(_on_device.items()):
        if size + sum(r.bytes for r in read.union(_on_device.values())) <= budget:
            break
        if resident not in read:
            del _on_device[other]
    return True
