"""Batches counted over epochs, and over processes."""

import keras


class BatchCount:
    """How many batches a model was trained on, as a callback hears of them.

    Counted from the model's own `step` where it has one. What `state` gives and
    `restore` takes lets a count go on in the middle of an epoch.

    Attributes:
        done: int, batches so far.
    """

    def __init__(self):
        self.done = 0
        self._before_epoch = 0
        self._of_begun_epoch = None

    def begin(self, model):
        """To be called as training begins.

        Args:
            model: keras.Model.
        """
        step = getattr(model, "step", None)
        if isinstance(step, keras.Variable):
            self.done = int(keras.ops.convert_to_numpy(step))

    def begin_epoch(self):
        """To be called as each epoch begins.

        Returns:
            bool, whether a process before this one had begun the epoch.
        """
        is_begun = self._of_begun_epoch is not None
        self._before_epoch = self._of_begun_epoch if is_begun else self.done
        self._of_begun_epoch = None
        return is_begun

    def advance(self, batch, steps_in_epoch=None):
        """To be called after each batch, or execution of several.

        Args:
            batch: int, the index of the last batch in the epoch. With
                `steps_per_execution` it can lie past the epoch's end.
            steps_in_epoch: int or None, how many there are.

        Returns:
            tuple of two ints: how many were done before, and now.
        """
        before, in_epoch = self.done, batch + 1
        if steps_in_epoch:
            in_epoch = min(in_epoch, steps_in_epoch)
        self.done = self._before_epoch + in_epoch
        return before, self.done

    def state(self):
        """dict for JSON: where the count stands."""
        return {"done": self.done, "before_epoch": self._before_epoch}

    def restore(self, state, steps_in_epoch=None):
        """Takes back what `state` gave, as training begins."""
        self.done = state["done"]
        if self.done - state["before_epoch"] < (steps_in_epoch or 0):
            self._of_begun_epoch = state["before_epoch"]
