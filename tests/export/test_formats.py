import importlib.util

import keras
import pytest

from keras_bvae.export.formats import FORMATS, require_format, runtime_of

# keras_bvae's own table of what Keras 3.15 writes, and where.
WRITTEN_ON = {
    "onnx": {"tensorflow", "jax", "torch"},
    "saved_model": {"tensorflow", "jax"},
    "torch": {"torch"},
    "litert": {"tensorflow"},
    "openvino": {"tensorflow", "torch"},
}


def without(monkeypatch, *packages):
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name: None if name in packages else real(name),
    )


@pytest.mark.parametrize("name", WRITTEN_ON)
def test_a_format_of_other_backends_says_which(name, monkeypatch):
    assert set(FORMATS[name].packages) == WRITTEN_ON[name]
    monkeypatch.setattr(importlib.util, "find_spec", lambda package: package)
    if keras.backend.backend() in WRITTEN_ON[name]:
        require_format(name)
        return
    running = f"Keras runs on {keras.backend.backend()}"
    with pytest.raises(ValueError, match=running) as caught:
        require_format(name)
    able = next(iter(FORMATS[name].packages))
    assert f"--backend {able}" in str(caught.value)
    assert "onnx" in str(caught.value)


def test_a_missing_package_says_what_to_install(monkeypatch):
    packages = FORMATS["onnx"].packages[keras.backend.backend()]
    without(monkeypatch, *packages)
    with pytest.raises(ModuleNotFoundError, match=" and ".join(packages)) as caught:
        require_format("onnx")
    assert "pip install 'keras-bvae[onnx]'" in str(caught.value)


def test_unknown_formats_are_named():
    with pytest.raises(ValueError, match="Did you mean 'onnx'"):
        require_format("onxx")


def test_the_runtime_is_the_first_that_is_installed(monkeypatch):
    without(monkeypatch, "onnxruntime", "ai_edge_litert")
    assert runtime_of("onnx") is None
    monkeypatch.setattr(importlib.util, "find_spec", lambda package: package)
    assert runtime_of("litert") == "ai_edge_litert"
