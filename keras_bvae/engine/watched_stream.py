"""A stream of batches that somebody looks at, whatever its form, before a step does.

Keras takes tf.data, PyDatasets, generators, loaders of PyTorch and grain's data sets on
every backend, so this is no matter of the backend. Nothing is read twice or in another
order: a look at a stream beforehand would move its shuffling.
"""

import copy
import sys
import types

import keras


class Watch:
    """Has each batch of a stream looked at, and says what came of it.

    Use it as a context around what reads the stream: what `look` raised comes out as it
    was, and not as the error that TensorFlow makes of it.

    Args:
        look: function of a batch as Keras hands it over: (x[, y[, sample_weight]]) or x
            alone, arrays or tensors; raises what is to end the reading.
        shape: of the images of a batch, for a stream that knows nothing of it; or None.
        has_labels: bool, whether `look` wants to see y as well as x.
    """

    def __init__(self, look, shape=None, has_labels=False):
        self.look = look
        self.shape = shape
        self.has_labels = has_labels
        self.refusal = None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if error is not None and self.refusal not in (None, error):
            raise self.refusal.with_traceback(None) from None

    def seen(self, batch):
        """The batch, after a look at it."""
        try:
            self.look(batch)
        except Exception as error:
            self.refusal = error
            raise
        return batch

    def over(self, stream):
        """The same stream, each batch of it looked at; other things as they are."""
        names = {parent.__name__ for parent in type(stream).__mro__}
        if isinstance(stream, keras.utils.PyDataset):
            return _WatchedPyDataset(stream, self)
        if isinstance(stream, types.GeneratorType):
            return (self.seen(batch) for batch in stream)
        if "DataLoader" in names:
            return _watched_loader(stream, self)
        if "DatasetV2" in names:
            return _watched_tf_data(stream, self)
        if names & {"MapDataset", "IterDataset"}:  # grain's
            return stream.map(self.seen)
        if names & {"DistributedDataset", "DistributedDatasetsFromFunction"}:
            # Keras takes it as it is, so there is no seeing but the first, beforehand.
            for batch in stream:
                self.seen(_of_one_device(batch))
                break
        return stream


class _WatchedPyDataset(keras.utils.PyDataset):
    def __init__(self, dataset, watch):
        super().__init__(
            workers=dataset.workers,
            use_multiprocessing=dataset.use_multiprocessing,
            max_queue_size=dataset.max_queue_size,
        )
        self.dataset = dataset
        self.watch = watch

    @property
    def num_batches(self):
        return self.dataset.num_batches

    def __getitem__(self, index):
        batch = self.dataset[index]
        return batch if self.watch is None else self.watch.seen(batch)

    def __getstate__(self):
        # Sent to another process, it takes nobody along who looks.
        return {**self.__dict__, "watch": None}

    def on_epoch_begin(self):
        self.dataset.on_epoch_begin()

    def on_epoch_end(self):
        self.dataset.on_epoch_end()


def _watched_loader(loader, watch):
    """A loader that shares all with the given one, and is one for Keras too."""
    kind = type(loader)
    watched = copy.copy(loader)
    watched.__class__ = type(
        kind.__name__,
        (kind,),
        {
            "__module__": kind.__module__,
            "__iter__": lambda self: map(watch.seen, kind.__iter__(self)),
        },
    )
    return watched


def _watched_tf_data(dataset, watch):
    tf = sys.modules["tensorflow"]  # whose data set it is
    watch.seen(dataset.element_spec)  # shapes and types are known before any batch

    def look(*parts):
        watch.seen(parts)
        return True

    def pass_on(*element):
        looked = tf.numpy_function(look, list(element[:seen]), tf.bool)
        with tf.control_dependencies([looked]):
            images = tf.identity(element[0])
        if images.shape.rank is None and watch.shape is not None:
            images = tf.ensure_shape(images, watch.shape)
        return (images, *element[1:]) if is_tuple else images

    seen = 2 if watch.has_labels else 1
    is_tuple = isinstance(dataset.element_spec, tuple)
    return dataset.map(pass_on)


def has_values(images):
    """Whether an array or tensor holds numbers: not a description, nor a tracer's."""
    names = {parent.__name__ for parent in type(images).__mro__}
    if names & {"Tracer", "KerasTensor", "TypeSpec", "FakeTensor"}:
        return False
    if "TensorProtocol" in names or type(images).__module__.startswith("tensorflow."):
        return hasattr(images, "numpy")  # of a graph, a tensor has none
    return getattr(getattr(images, "device", None), "type", "") != "meta"


def _of_one_device(batch):
    """The part of a distributed batch that the first device gets."""
    return keras.tree.map_structure(
        lambda part: part.values[0] if hasattr(part, "values") else part, batch
    )
