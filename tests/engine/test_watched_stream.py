import pickle
import sys

import keras
import numpy as np
import pytest

from keras_bvae.engine.watched_stream import Watch, has_values

BACKEND = keras.backend.backend()


class Numbers(keras.utils.PyDataset):
    def __init__(self):
        super().__init__()
        self.ended = 0

    def __len__(self):
        return 3

    def __getitem__(self, index):
        return np.full((2, 1), float(index))

    def on_epoch_end(self):
        self.ended += 1


def generator():
    return (np.full((2, 1), float(index)) for index in range(3))


def tf_data():
    tf = sys.modules["tensorflow"]
    return tf.data.Dataset.from_tensor_slices(np.repeat([0.0, 1, 2], 2)).batch(2)


def loader():
    torch = sys.modules["torch"]
    values = torch.tensor(np.repeat([0.0, 1, 2], 2))
    return torch.utils.data.DataLoader(values, batch_size=2)


STREAMS = {"PyDataset": Numbers, "generator": generator}
if BACKEND == "tensorflow":
    STREAMS["tf.data"] = tf_data
if BACKEND == "torch":
    STREAMS["loader"] = loader


def first_of(batch):
    return float(np.asarray(batch[0] if isinstance(batch, tuple) else batch).flat[0])


def batches_of(stream):
    is_py_dataset = isinstance(stream, keras.utils.PyDataset)
    return (stream[i] for i in range(3)) if is_py_dataset else stream


@pytest.mark.parametrize("form", STREAMS)
def test_every_batch_is_seen_once_and_passed_on(form):
    seen = []

    def look(batch):
        if has_values(batch):
            seen.append(first_of(batch))

    stream = STREAMS[form]()
    watched = Watch(look).over(stream)
    found = [first_of(batch) for batch in batches_of(watched)]
    assert found == seen == [0.0, 1.0, 2.0]


@pytest.mark.parametrize("form", STREAMS)
def test_what_a_look_raises_comes_out_as_it_was(form):
    class Refused(Exception):
        pass

    def look(batch):
        if has_values(batch) and first_of(batch) == 1.0:
            raise Refused("it is 1")

    def read():
        with Watch(look) as watch:
            list(batches_of(watch.over(STREAMS[form]())))

    with pytest.raises(Refused, match="it is 1"):
        read()


def test_what_the_user_s_own_code_raises_comes_out_as_it_was():
    class Raising(Numbers):
        def __getitem__(self, index):
            raise LookupError("no such file")

    watched = []

    def wrapped():
        with Watch(lambda batch: None) as watch:
            watched.append(watch.over(Raising()))
            try:
                watched[0][0]
            except LookupError as error:
                raise RuntimeError("in a graph") from error

    with pytest.raises(LookupError, match="no such file"):
        wrapped()


def test_a_generator_may_yield_arrays_tuples_and_lists():
    one = np.zeros((2, 1))
    batches = [one, (one,), [one, one], (one, None, one)]
    found = list(Watch(lambda batch: None).over(batch for batch in batches))
    assert [len(batch) for batch in found] == [1, 1, 2, 3]
    assert all(isinstance(batch, tuple) for batch in found)


class Empty(Numbers):
    def __len__(self):
        return 0


def test_a_stream_of_no_batch_is_refused():
    streams = [Empty()]
    if BACKEND == "tensorflow":
        streams.append(tf_data().take(0))
    if BACKEND == "torch":
        data = sys.modules["torch"].utils.data
        streams.append(data.DataLoader([0] * 3, batch_size=4, drop_last=True))
    for stream in streams:
        with pytest.raises(ValueError, match="must hold one batch or more"):
            Watch(lambda batch: None).over(stream)


def test_a_py_dataset_is_told_of_its_epochs():
    numbers = Numbers()
    watched = Watch(lambda batch: None).over(numbers)
    watched.on_epoch_begin()
    watched.on_epoch_end()
    assert (numbers.ended, watched.num_batches) == (1, 3)


def test_a_py_dataset_goes_to_another_process():
    watched = pickle.loads(pickle.dumps(Watch(lambda batch: 1 / 0).over(Numbers())))
    assert [first_of(watched[index]) for index in range(3)] == [0.0, 1.0, 2.0]


@pytest.mark.parametrize("other", [None, np.zeros(3), [1, 2]])
def test_what_is_no_stream_stays_as_it_is(other):
    assert Watch(lambda batch: None).over(other) is other


def test_tensors_have_values_and_their_descriptions_have_none():
    assert has_values(np.zeros(2))
    assert has_values(keras.ops.zeros(2))
    assert not has_values(keras.KerasTensor((2,)))

    class Asks(keras.layers.Layer):
        def call(self, x):
            found.append(has_values(x))
            return x

    found = []
    Asks()(keras.KerasTensor((None, 2)))
    assert not any(found)
