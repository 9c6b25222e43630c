"""What TensorFlow alone has; what all backends share is tested in test_engine.py."""

import keras
import pytest

if keras.backend.backend() != "tensorflow":
    pytest.skip("its engine needs the tensorflow backend", allow_module_level=True)

from numbered_run import Squares
from small_model import small_model

from keras_bvae.engine import on_tensorflow


def test_one_graph_serves_every_count(monkeypatch):
    traces = []

    def count_traces(model, images_of):
        def traced(stored, row):
            traces.append(row)
            return images_of(stored, row)

        return many_steps(model, traced)

    many_steps = on_tensorflow.many_steps
    monkeypatch.setattr("keras_bvae.engine.engine.many_steps", count_traces)
    model = small_model()
    for epochs in (1, 2):
        model.fit(Squares().batches(8), epochs=epochs, steps_per_epoch=10, verbose=0)
    assert int(model.step) == 30
    assert len(traces) == 1
