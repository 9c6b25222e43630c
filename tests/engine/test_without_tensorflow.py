import sys

import keras
import pytest
from keras.src.utils import module_utils
from small_model import small_model

from keras_bvae.engine.without_tensorflow import without_tensorflow
from keras_bvae.models.checkpoint import load_checkpoint

is_tensorflow = keras.backend.backend() == "tensorflow"


@pytest.fixture
def lazy(monkeypatch):
    """Keras's stand-in, as in a process in which nobody imported TensorFlow."""
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    monkeypatch.setattr(module_utils.tensorflow, "_available", None)

    def refuse():
        raise AssertionError("imported")

    monkeypatch.setattr(module_utils.tensorflow, "initialize", refuse)
    return module_utils.tensorflow


@pytest.mark.skipif(is_tensorflow, reason="needs another backend")
def test_a_model_is_saved_without_asking_tensorflow(lazy, tmp_path):
    model = small_model()
    model.save(tmp_path / "model.keras")
    assert lazy._available is None  # who needs it later imports it then
    loaded = load_checkpoint(tmp_path / "model.keras")
    assert type(loaded) is type(model)
    with without_tensorflow():
        assert not lazy.available
    assert lazy._available is None


@pytest.mark.skipif(is_tensorflow, reason="needs another backend")
def test_where_it_is_imported_keras_may_ask(lazy, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", module_utils)
    with without_tensorflow():
        assert lazy._available is None


def test_another_keras_asks_as_it_does(lazy, monkeypatch):
    monkeypatch.delattr(lazy, "_available")
    with without_tensorflow():
        assert "_available" not in vars(lazy)
    monkeypatch.delattr(module_utils, "tensorflow")
    with without_tensorflow():
        pass
