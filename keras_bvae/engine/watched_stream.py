"""A stream of batches that somebody looks at, whatever its form, before a step does.

Keras takes tf.data, PyDatasets, generators, loaders of PyTorch and grain's data sets on
every backend, so this is no matter of the backend. Nothing is read twice or in another
order: a look at a stream beforehand would move its shuffling.
"""

import contextlib
import copy
import sys
import types

import keras

from keras_bvae.errors import InvalidValue


class Watch:
    """Has each batch of a stream looked at, and says what came of it.

    Use it as a context around what reads the stream: what `look` or the stream raised
    comes out as it was, and not as the error that TensorFlow makes of it.

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

    @contextlib.contextmanager
    def reading(self):
        """Around what makes a batch in the user's own code."""
        try:
            yield
        except Exception as error:
            self.refusal = error
            raise

    def over(self, stream):
        """The same stream, each batch of it looked at; other things as they are.

        Raises:
            InvalidValue: it is known to hold no batch.
        """
        names = {parent.__name__ for parent in type(stream).__mro__}
        if isinstance(stream, keras.utils.PyDataset):
            _require_batches(stream, stream.num_batches)
            return _WatchedPyDataset(stream, self)
        if isinstance(stream, types.GeneratorType):
            return _watched_generator(stream, self)
        if names & {"DataLoader", "DatasetV2"}:
            _require_batches(stream, _length_of(stream))
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
        if self.watch is None:
            return self.dataset[index]
        with self.watch.reading():
            batch = self.dataset[index]
        return self.watch.seen(batch)

    def __getstate__(self):
        # Sent to another process, it takes nobody along who looks.
        return {**self.__dict__, "watch": None}

    def on_epoch_begin(self):
        self.dataset.on_epoch_begin()

    def on_epoch_end(self):
        self.dataset.on_epoch_end()


def _watched_generator(generator, watch):
    with watch.reading():
        for batch in generator:
            # Keras wants tuples of a generator, and of nothing else.
            whole = tuple(batch) if isinstance(batch, list) else batch
            yield watch.seen(whole if isinstance(whole, tuple) else (whole,))


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

    def look(images, *others):
        labels = others[:1] if has_labels else (None,)
        weights = others[1:] if has_labels else others
        watch.seen((images, *labels, *weights) if others else (images,))
        return True

    def pass_on(*element):
        labels = element[1:2] if has_labels else ()
        weights = [part for part in element[2:] if tf.is_tensor(part)]
        looked = tf.numpy_function(look, [element[0], *labels, *weights], tf.bool)
        with tf.control_dependencies([looked]):
            images = tf.identity(element[0])
        if images.shape.rank is None and watch.shape is not None:
            images = tf.ensure_shape(images, watch.shape)
        return (images, *element[1:]) if is_tuple else images

    is_tuple = isinstance(dataset.element_spec, tuple)
    has_labels = watch.has_labels and is_tuple and len(dataset.element_spec) > 1
    return dataset.map(pass_on)


def _require_batches(stream, count):
    if count == 0:
        raise InvalidValue(
            f"A stream must hold one batch or more; received {type(stream).__name__} "
            "without any. Look for images fewer than a batch whose rest is dropped."
        )


def _length_of(stream):
    try:
        return len(stream)
    except (TypeError, NotImplementedError):  # endless, or not known
        return None


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
