"""What lies beside exported files: what goes in, what comes out, where from."""

import keras

from keras_bvae.export.parts import MEANINGS, PARTS
from keras_bvae.models.strength import strengths_of
from keras_bvae.package_versions import package_versions

_PACKAGES = (
    "keras-bvae",
    "keras",
    "tensorflow",
    "tensorflow-cpu",
    "jax",
    "torch",
    "onnx",
    "tf2onnx",
    "jax2onnx",
    "onnxscript",
    "onnxruntime",
    "openvino",
    "ai-edge-litert",
)


def describe_model(model):
    """A dict for JSON: what the networks are, whatever file they are written to.

    Args:
        model: `VariationalAutoencoder`, built.
    """
    strengths = {
        name: float(strength.weight_of(model))
        for name, strength in strengths_of(type(model)).items()
    }
    return {
        "objective": type(model).__name__,
        "strengths": strengths,
        "likelihood": model.likelihood,
        "image_shape": list(model.image_shape),
        "latent_dim": model.latent_dim,
        "step": int(model.step),
        "latents": "in the order of kl_0, kl_1, … in history.csv",
    }


def describe_part(part, file_name):
    """A dict for JSON: the file, and its inputs and outputs by name.

    Args:
        part: `Part`.
        file_name: str.
    """
    return {
        "file": file_name,
        "computes": PARTS[part.name],
        "inputs": {part.input_name: _tensor(part.input_name, part.network.inputs[0])},
        "outputs": {
            name: _tensor(name, output)
            for name, output in zip(
                part.output_names, part.network.outputs, strict=True
            )
        },
    }


def versions():
    """A dict for JSON: the backend and the versions of the packages that took part."""
    return {"backend": keras.backend.backend(), **package_versions(_PACKAGES)}


def _tensor(name, tensor):
    return {
        "shape": ["batch", *tensor.shape[1:]],
        "dtype": keras.backend.standardize_dtype(tensor.dtype),
        "meaning": MEANINGS[name],
    }
