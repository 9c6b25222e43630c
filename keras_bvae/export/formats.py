"""The formats, what each needs, and on which backends Keras can write it."""

import importlib.util
from collections.abc import Callable
from typing import NamedTuple

import keras

from keras_bvae.errors import InvalidValue, MissingPackage
from keras_bvae.export import file_formats as files
from keras_bvae.rules import require_one_of


class Format(NamedTuple):
    """A kind of file.

    Attributes:
        title: what it is called in sentences.
        suffix: ending of its files; "" for a folder.
        packages: dict, for each backend that can write it the packages that this takes.
        install: str, what to give to pip for them.
        write: function `(part, path, description)`.
        load: function `(part, path)`, which returns the file as a function of arrays.
        runtimes: packages of which one runs such a file.
    """

    title: str
    suffix: str
    packages: dict
    install: str
    write: Callable
    load: Callable
    runtimes: tuple


# What Keras 3.15 writes, and was seen to read back with the same numbers. SavedModel
# fails on PyTorch; LiteRT from PyTorch takes a further converter that was not tried.
FORMATS = {
    "onnx": Format(
        title="ONNX",
        suffix=".onnx",
        packages={
            "tensorflow": ("onnx", "tf2onnx"),
            "jax": ("onnx", "jax2onnx"),
            "torch": ("onnx", "onnxscript"),
        },
        install="'keras-bvae[onnx]'",
        write=files.write_onnx,
        load=files.load_onnx,
        runtimes=("onnxruntime",),
    ),
    "saved_model": Format(
        title="SavedModel",
        suffix="",
        packages={"tensorflow": ("tensorflow",), "jax": ("tensorflow",)},
        install="tensorflow",
        write=files.write_saved_model,
        load=files.load_saved_model,
        runtimes=("tensorflow",),
    ),
    "torch": Format(
        title="PyTorch program",
        suffix=".pt2",
        packages={"torch": ("torch",)},
        install="torch",
        write=files.write_torch,
        load=files.load_torch,
        runtimes=("torch",),
    ),
    "litert": Format(
        title="LiteRT",
        suffix=".tflite",
        packages={"tensorflow": ("tensorflow",)},
        install="tensorflow",
        write=files.write_litert,
        load=files.load_litert,
        runtimes=("ai_edge_litert", "tensorflow"),
    ),
    "openvino": Format(
        title="OpenVINO",
        suffix=".xml",
        packages={"tensorflow": ("openvino",), "torch": ("openvino",)},
        install="openvino",
        write=files.write_openvino,
        load=files.load_openvino,
        runtimes=("openvino",),
    ),
}


def require_format(name):
    """Raises unless the format is known, and can be written here and now.

    Raises:
        ValueError: it is unknown, or Keras cannot write it on this backend.
        ModuleNotFoundError: a package is missing.
    """
    require_one_of("A format", name, FORMATS)
    kind, backend = FORMATS[name], keras.backend.backend()
    if backend not in kind.packages:
        able = " or ".join(kind.packages)
        raise InvalidValue(
            f"{kind.title} is written on {able}; received format={name!r} while Keras "
            f"runs on {backend}. Start with --backend {next(iter(kind.packages))} (or "
            "set KERAS_BACKEND): a checkpoint loads on every backend. Or take onnx, "
            "which tensorflow, jax and torch all write."
        )
    missing = [p for p in kind.packages[backend] if not _is_installed(p)]
    if missing:
        raise MissingPackage(
            f"{kind.title} on {backend} needs {' and '.join(missing)}, not installed "
            f"here. Run `pip install {kind.install}`."
        )


def runtime_of(name):
    """The package that runs a format's files here, or None if none is installed."""
    return next(filter(_is_installed, FORMATS[name].runtimes), None)


def _is_installed(package):
    return importlib.util.find_spec(package) is not None
