"""Times the steps of a `fit`, without what a `fit` does once however long it is."""

import time

import keras

from keras_bvae.benchmark.workload import Timing

# `kbvae train` reads the logs every 100 steps.
LONGEST_EPOCH = 100


class FitClock(keras.callbacks.Callback):
    """Runs from the end of the first epoch to the end of the last.

    The first epoch opens the data and, the first time, compiles; Keras has read its
    logs when it ends, so nothing is left on the device. No method is called for each
    batch: that would slow Keras down.

    Args:
        steps_per_epoch: int.
    """

    def __init__(self, steps_per_epoch):
        super().__init__()
        self.steps_per_epoch = steps_per_epoch
        self.ends = []
        self.loss = float("nan")

    def on_epoch_end(self, epoch, logs=None):
        self.loss = float(logs["loss"])
        self.ends.append(time.perf_counter())

    def timing(self):
        """`Timing` of all epochs but the first."""
        steps = (len(self.ends) - 1) * self.steps_per_epoch
        return Timing(steps, self.ends[-1] - self.ends[0], self.loss)


def epochs_of(steps):
    """Cuts a run into epochs, so that the first, which is not timed, is a small part.

    Args:
        steps: int >= 1, to be timed.

    Returns:
        `(epochs, steps_per_epoch)`, ints whose product is about `steps`.
    """
    steps_per_epoch = min(max(steps // 4, 1), LONGEST_EPOCH)
    return round(steps / steps_per_epoch), steps_per_epoch
