"""From a stream of batches to the device: many steps at a time, images still packed.

`fit` counts steps and calls callbacks; the images never pass through Keras. They go to
the device as they are stored, black and white ones eight pixels a byte. Where all of
them fit there they go once, and from then on a step is sent the numbers of its images.
The compiled step looks them up and unpacks them. How many steps a dispatch holds is for
`dispatches.py` to say.
"""

import numpy as np
from keras import ops

from keras_bvae.engine import engine
from keras_bvae.engine.ahead import Ahead
from keras_bvae.engine.dispatches import Place
from keras_bvae.engine.residents import resident_images

# BITS[byte]: its eight pixels, the highest bit first.
BITS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1)


class Feed:
    """What one `fit` trains on, from a step of the stream on.

    On a device with a memory of its own the images of the next dispatch are made and
    sent by a thread while the device computes.

    Args:
        batches: `ImageBatches`.
        steps: int, how many steps the fit is going to ask for.
        dispatches: `Dispatches`.
        look: function of images as they are stored, that raises if they are none; not
            asked where they are bits. Or None.

    Attributes:
        position: int, the step of the stream that comes next.
        done_before: int, steps at the start of the first epoch that an earlier process
            did: they are counted, not computed.
        place: `Place` of the next dispatch.
        epoch: int, the one that is trained; `place` is beyond when all of it is done.
        dispatches: the same.
        stored: tensor, the images on the device; or None.
    """

    def __init__(self, batches, steps, dispatches, look=None):
        self.batches = batches
        self.dataset = batches.dataset
        self.look = None if self.dataset.packs_bits else look
        self.dispatches = dispatches
        self.position = batches.first_step
        self.done_before = 0
        store, self._rows_there = self.dataset.store()
        self.stored = resident_images(
            store, steps * batches.batch_size, self, self.look
        )
        self.begin(0, 0)
        on_cpu = engine.is_on_cpu()
        self._send = (lambda array: array) if on_cpu else engine.sender()
        self._ahead = None if on_cpu else Ahead(self._payload)

    @property
    def end(self):
        """The step of the stream behind the last one that is wanted, or None."""
        return self.dispatches.end

    @end.setter
    def end(self, step):
        self.dispatches.end = step

    @property
    def form(self):
        """What a compiled step depends on: another form needs another one."""
        rows = self.batches.rows_of_step(self.position)
        given = self.batches.condition
        is_resident = self.stored is not None
        dataset = self.dataset
        packs_bits = dataset.packs_bits
        return rows.shape, dataset.image_shape, packs_bits, is_resident, given

    def begin(self, epoch, steps_before):
        """To be called when `position` and `done_before` are what they are to be.

        Args:
            epoch: int, the first one.
            steps_before: int, the steps of the model so far.
        """
        begin = Place(self.position, epoch, self.done_before)
        self.dispatches.begin = begin
        self.dispatches.steps_before = steps_before
        self.place = self.dispatches.after(begin, 0)
        self.epoch, self.done_before = epoch, 0

    @property
    def is_idle(self):
        """Whether nothing of the epoch is left to do."""
        return self.place.epoch > self.epoch or not self.dispatches.count_at(self.place)

    @property
    def done(self):
        """Steps of the epoch so far."""
        is_over = self.place.epoch > self.epoch
        return self.dispatches.steps_per_epoch if is_over else self.place.done

    def next_steps(self):
        """What the next dispatch trains on.

        Returns:
            `(payload, count)`. Payload: array, or tensor on the device, of as many rows
            as the longest dispatch has steps, of which the first `count` matter. A row
            holds the numbers of a step's images where all images are on the device,
            int32; else the images as they are stored. With a condition it is a pair:
            that, and the classes of the same images.
        """
        position, count = self.place.position, self.dispatches.count_at(self.place)
        if self._ahead is None:
            payload = self._payload(position, count)
        else:
            payload = self._ahead.result(position, count)
        self.place = self.dispatches.after(self.place, count)
        self.position = self.place.position
        if self._ahead is not None:
            following = self.dispatches.count_at(self.place)
            if following:
                self._ahead.begin(self.position, following)
        return payload, count

    def close(self):
        """Ends the thread; to be called when the `fit` ends, whatever ends it."""
        if self._ahead is not None:
            self._ahead.close()

    def _payload(self, position, count):
        # One step at least, for its shape: a count of 0 asks for the means alone.
        steps = range(position, position + max(count, 1))
        rows = np.stack([self.batches.rows_of_step(step) for step in steps])
        parts = [self._images_of(rows)]
        if self.batches.condition is not None:
            parts.append(self.batches.classes_of(rows).astype(np.int32))
        # All rows are there, whatever the count: the compiled step has one shape.
        parts = [self._send(_filled_up(part, self.dispatches.most)) for part in parts]
        return parts[0] if len(parts) == 1 else tuple(parts)

    def _images_of(self, rows):
        if self.stored is not None:
            if self._rows_there is not None:
                rows = self._rows_there[rows]
            return rows.astype(np.int32)
        images = self.dataset.stored_at(rows.ravel())
        if self.look is not None:
            self.look(images)
        return images.reshape(*rows.shape, *images.shape[1:])


def _filled_up(array, length):
    """The array with blank rows behind its own."""
    if len(array) == length:
        return array
    filled = np.zeros((length, *array.shape[1:]), array.dtype)
    filled[: len(array)] = array
    return filled


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
