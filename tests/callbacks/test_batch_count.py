from types import SimpleNamespace

import keras
import pytest

from keras_bvae.callbacks.batch_count import BatchCount


def test_batches_are_counted_across_epochs():
    count = BatchCount()
    count.begin(keras.Model())
    seen = []
    for _ in range(2):
        count.begin_epoch()
        seen += [count.advance(batch, 3) for batch in range(3)]
    assert seen == [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6)]


def test_an_execution_past_the_epochs_end_counts_to_it():
    count = BatchCount()
    count.begin_epoch()
    assert count.advance(3, 5) == (0, 4)
    assert count.advance(7, 5) == (4, 5)
    assert count.advance(9) == (5, 10)  # of unknown length


def test_it_begins_at_the_models_own_step():
    count = BatchCount()
    step = keras.Variable(40, dtype="int32", trainable=False)
    count.begin(SimpleNamespace(step=step))
    assert count.done == 40
    count.begin_epoch()
    assert count.advance(0, 5) == (40, 41)


@pytest.mark.parametrize("stop", [3, 4])
def test_another_process_goes_on_in_the_middle_and_at_the_end_of_an_epoch(stop):
    count = BatchCount()
    count.begin_epoch()
    for batch in range(4):
        count.advance(batch, 4)
    count.begin_epoch()
    for batch in range(stop):
        count.advance(batch, 4)
    later = BatchCount()
    later.restore(count.state(), 4)
    assert later.done == 4 + stop
    later.begin_epoch()
    # The epoch that was begun goes on at its batch; a new one begins at its first.
    assert later.advance(stop % 4, 4) == (4 + stop, 5 + stop)
    later.advance(3, 4)
    later.begin_epoch()
    assert later.advance(0, 4)[1] == (9 if stop == 3 else 13)
