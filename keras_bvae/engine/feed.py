"""From a stream of batches to the device: many steps at a time, images still packed.

`fit` counts steps and calls callbacks; the images never pass through Keras. They go to
the device as they are stored, black and white ones eight pixels a byte. Where all of
them fit there they go once, and from then on a step is sent the numbers of its images.
The compiled step looks them up and unpacks them. How many steps a dispatch holds is for
the callbacks to say: as many as none of them notices.
"""

import math
import weakref

import keras
import numpy as np
from keras import ops

from keras_bvae.engine import engine

# The images of a data set stay on the device up to this share of its memory.
LARGEST_SHARE = 0.25
# BITS[byte]: its eight pixels, the highest bit first.
BITS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1)
# A few steps hide what a dispatch costs a CPU, and Ctrl-C is not to wait for many.
ON_A_CPU, ELSEWHERE = 10, 100

_HOOKS = (
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_batch_begin",
    "on_batch_end",
)
# Keras's own, which only show or note what they are given.
_CONTENT = (
    keras.callbacks.ProgbarLogger,
    keras.callbacks.TensorBoard,
    keras.callbacks.TerminateOnNaN,
)

# What is on the device already, for as long as its data set lives: which devices Keras
# spreads over, and the images there.
_on_device = weakref.WeakKeyDictionary()


class Feed:
    """What one `fit` trains on, from a step of the stream on.

    Args:
        batches: `ImageBatches`.
        steps: int, how many steps the fit is going to ask for.
        steps_at_once: int, the steps of a dispatch.
        look: function of images as they are stored, that raises if they are none; not
            asked where they are bits. Or None.

    Attributes:
        position: int, the step of the stream that comes next.
        done_before: int, steps at the start of this epoch that an earlier process did:
            they are counted again, not computed.
        end: int, the step of the stream behind the last one that is wanted: the
            dispatch that reaches it is cut short. None: there is none.
        left_out: int, steps that the last dispatch was cut short by.
    """

    def __init__(self, batches, steps, steps_at_once, look=None):
        self.batches = batches
        self.dataset = batches.dataset
        self.look = None if self.dataset.packs_bits else look
        self.steps_at_once = steps_at_once
        self.position = batches.first_step
        self.done_before = 0
        self.end = None
        self.left_out = 0
        store, self._rows_there = self.dataset.store()
        self.stored = _stored_on_device(store, steps * batches.batch_size, self.look)

    @property
    def form(self):
        """What a compiled step depends on: another form needs another one."""
        rows = self.batches.rows_of_step(self.position)
        given = self.batches.condition
        is_resident = self.stored is not None
        dataset = self.dataset
        packs_bits = dataset.packs_bits
        return rows.shape, dataset.image_shape, packs_bits, is_resident, given

    def next_steps(self):
        """What the next dispatch trains on.

        Returns:
            `(payload, count)`. Payload: array of `steps_at_once` rows, of which the
            first `count` matter. A row holds the numbers of a step's images where all
            images are on the device, int32; else the images as they are stored. With a
            condition it is a pair: that, and the classes of the same images.
        """
        replayed = min(self.done_before, self.steps_at_once)
        self.done_before -= replayed
        steps = range(self.position, self.position + self.steps_at_once)
        whole = self.steps_at_once - replayed
        count = whole if self.end is None else min(whole, self.end - self.position)
        self.left_out = whole - count
        self.position += count
        # All rows are filled, whatever the count: the compiled step has one shape.
        rows = np.stack([self.batches.rows_of_step(step) for step in steps])
        classes = None
        if self.batches.condition is not None:
            classes = self.batches.classes_of(rows).astype(np.int32)
        if self.stored is not None:
            if self._rows_there is not None:
                rows = self._rows_there[rows]
            payload = rows.astype(np.int32)
        else:
            images = self.dataset.stored_at(rows.ravel())
            if self.look is not None:
                self.look(images)
            payload = images.reshape(*rows.shape, *images.shape[1:])
        if classes is not None:
            payload = payload, classes
        return payload, count


def unpacking(form):
    """The function that a compiled step gets its images from.

    Args:
        form: `Feed.form`.

    Returns:
        Function `(stored, row) -> images` of tensors: from what is on the device (or
        None) and a row of a payload to images `(batch, height, width, channels)`, uint8
        or in [0, 1]; of pairs `(batch, 2, height, width, channels)`; with a condition
        to (images, classes).
    """
    rows_shape, image_shape, packs_bits, is_resident, condition = form

    def images_of(stored, row):
        if condition is not None:
            row, classes = row
            return images_in(stored, row), classes
        return images_in(stored, row)

    def images_in(stored, row):
        images = ops.take(stored, row, axis=0) if is_resident else row
        if packs_bits:
            bits = ops.convert_to_tensor(BITS, "float32")
            images = ops.take(bits, ops.cast(images, "int32"), axis=0)
        return ops.reshape(images, (*rows_shape, *image_shape))

    return images_of


def steps_at_once(callbacks, steps_per_epoch):
    """The most steps of a dispatch that no callback notices.

    Args:
        callbacks: iterable of Keras callbacks.
        steps_per_epoch: int, where every callback is called at the latest.

    Returns:
        int >= 1, a divisor of `steps_per_epoch` and of what each callback asks for.
    """
    whole = steps_per_epoch
    for callback in callbacks:
        whole = math.gcd(whole, _steps_between_looks(callback))
    most = min(whole, ON_A_CPU if engine.is_on_cpu() else ELSEWHERE)
    return next(count for count in range(most, 0, -1) if whole % count == 0)


def _stored_on_device(dataset, count, look):
    """All images on the device, or None where they stay with the data set."""
    devices = keras.distribution.distribution()
    if dataset in _on_device and _on_device[dataset][0] is devices:
        return _on_device[dataset][1]
    images = dataset.stored_images(count)
    if images is None or images.nbytes > LARGEST_SHARE * engine.memory_bytes():
        return None
    if look is not None:
        look(images)
    _on_device[dataset] = devices, engine.to_device(images)
    return _on_device[dataset][1]


def _steps_between_looks(callback):
    """1, 2, …; 0 for a callback that does not care."""
    if hasattr(callback, "every_steps"):
        return callback.every_steps or 0
    if isinstance(callback, _CONTENT) or not _has_step_hooks(callback):
        return 0
    return 1


def _has_step_hooks(callback):
    return any(
        getattr(getattr(callback, hook), "__func__", None)
        is not getattr(keras.callbacks.Callback, hook)
        for hook in _HOOKS
    )
