"""Networks of a model as files that run without Keras, each compared with Keras."""

import json
import warnings

import keras
import numpy as np

from keras_bvae.errors import ExportDiffers, InvalidValue
from keras_bvae.export.earlier_export import DESCRIPTION, foreign_in
from keras_bvae.export.formats import FORMATS, require_format, runtime_of
from keras_bvae.export.parts import MEANINGS, layers_of, part_of
from keras_bvae.files.json_file import write_json
from keras_bvae.files.whole_folder import require_replaceable, whole_folder
from keras_bvae.models.strength import strengths_of
from keras_bvae.package_versions import package_versions

# Each file is run on batches of so many, and may differ from Keras by so much.
BATCHES = (1, 5)
TOLERANCE = 1e-4

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


def export_model(
    model,
    folder,
    format="onnx",
    parts=("encoder", "decoder"),
    notes=None,
    progress=None,
):
    """Writes networks of a model into a folder, whole or not at all.

    Images go in and come out as float32 in [0, 1], `(batch, height, width, channels)`;
    the batch may have any size. The encoder gives `mean` and `log_variance`, each
    `(batch, latent_dim)`; the decoder takes `codes` and gives `image`, what
    `model.decode` gives: for a Bernoulli likelihood the sigmoid is in the file. All is
    float32, whatever precision the model was trained in.

    What are no images go in as `values` and come out as `expected_values`, both in the
    data's own units: the model's standardisation is in the files.

    Where a program that runs the files is installed, each is run on batches of 1 and 5
    and must agree with Keras to 1e-4; of outputs above 1, to 1e-4 of the largest.

    Args:
        model: `VariationalAutoencoder`, built.
        folder: path; a new one, or that of an earlier export, which is replaced.
        format: one of `FORMATS`.
        parts: names from `PARTS`.
        notes: None or dict that JSON can hold, for the description.
        progress: None or function `(done, total)`, told how many parts are done.

    Returns:
        dict: what `export.json` beside the files says. `checked_with` is the program
        that ran them, or None; `largest_difference` of each file from Keras.

    Raises:
        ValueError: an unknown format or part, notes that JSON cannot hold, weights
            that are not finite, or a format that Keras cannot write on this backend.
        ModuleNotFoundError: a package that the format needs is missing.
        ExportDiffers: a file computes other numbers than Keras; nothing is written.
        OSError: the folder holds something else or cannot be written.
    """
    require_format(format)
    if model.condition is not None:
        raise InvalidValue(
            "Export writes networks of one input; received a model that is told "
            f"{', '.join(model.condition)} beside it. Save its networks with Keras, "
            "model.decoder.save('decoder.keras')."
        )
    _require_json(notes)
    require_replaceable(folder, foreign_in)
    wanted = [part_of(model, name) for name in dict.fromkeys(parts)]
    _require_finite(wanted)
    _require_convertible(model, wanted, format)
    runtime = runtime_of(format)
    record = {
        "format": format,
        **describe_model(model),
        **(notes or {}),
        "parts": {},
        "checked_with": runtime,
        "versions": versions(),
    }
    with (
        whole_folder(folder, foreign_in) as work,
        warnings.catch_warnings(),
    ):
        # The converters' own, about code that no user of ours wrote.
        warnings.simplefilter("ignore")
        for done, part in enumerate(wanted):
            if progress is not None:
                progress(done, len(wanted))
            record["parts"][part.name] = _written(part, work, record, runtime)
        write_json(work / DESCRIPTION, record)
        if progress is not None:
            progress(len(wanted), len(wanted))
    return record


def _require_json(notes):
    try:
        json.dumps(notes)
    except (TypeError, ValueError) as error:
        raise InvalidValue(
            "`notes` must be a dict that JSON can hold; received one that it cannot "
            f"({error}). Turn arrays into lists and NumPy's numbers into Python's."
        ) from error


def _require_finite(parts):
    """A model that diverged would be written, unless a program here ran the file."""
    for part in parts:
        if not all(
            np.isfinite(weights).all() for weights in part.network.get_weights()
        ):
            raise InvalidValue(
                f"An exported {part.name} must have finite weights; received NaN or "
                "infinity. The model has diverged: use an earlier checkpoint."
            )


def _require_convertible(model, parts, format):
    """PyTorch's converter to ONNX does not know convolutions over three axes."""
    is_known = format != "onnx" or keras.backend.backend() != "torch"
    if is_known or len(model.image_shape) != 4:
        return
    kinds = (keras.layers.Conv3D, keras.layers.Conv3DTranspose)
    if any(isinstance(layer, kinds) for p in parts for layer in layers_of(p.network)):
        raise InvalidValue(
            "Convolutions over three axes are written to ONNX on tensorflow or jax; "
            "received a network of volumes while Keras runs on torch. Start with "
            "--backend tensorflow (or set KERAS_BACKEND): a checkpoint loads on every "
            "backend."
        )


def _written(part, folder, record, runtime):
    """Writes one part, compares it with Keras, and returns its description."""
    kind = FORMATS[record["format"]]
    path = folder / f"{part.name}{kind.suffix}"
    description = describe_part(part, path.name)
    model = {key: value for key, value in record.items() if key != "parts"}
    kind.write(part, path, {**model, **description})
    if runtime is None:
        return {**description, "largest_difference": None}
    difference = largest_difference(part, kind.load(part, path))
    return {**description, "largest_difference": difference}


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
        "computes": part.computes,
        "inputs": {part.input_name: _tensor(part.input_name, part.network.inputs[0])},
        "outputs": {
            name: _tensor(name, output)
            for name, output in zip(
                part.output_names, part.network.outputs, strict=True
            )
        },
    }


def _tensor(name, tensor):
    return {
        "shape": ["batch", *tensor.shape[1:]],
        "dtype": keras.backend.standardize_dtype(tensor.dtype),
        "meaning": MEANINGS[name],
    }


def versions():
    """A dict for JSON: the backend and the versions of the packages that took part."""
    return {"backend": keras.backend.backend(), **package_versions(_PACKAGES)}


def largest_difference(part, run):
    """The largest difference between a file and Keras, over all outputs and batches.

    Args:
        part: `Part`.
        run: function, array to list of arrays in the order of `part.output_names`.

    Returns:
        float.

    Raises:
        ExportDiffers: it is above 1e-4, or for outputs above 1 above 1e-4 of the
            largest; or the shapes differ.
    """
    inputs, largest = part.example_inputs(max(BATCHES)), 0.0
    for count in BATCHES:
        ours, theirs = part.outputs_of(inputs[:count]), run(inputs[:count])
        for name, expected, received in zip(
            part.output_names, ours, theirs, strict=True
        ):
            _require_same_shape(part, name, expected.shape, received.shape)
            difference = float(np.abs(expected - received).max())
            if not difference <= TOLERANCE * max(1.0, float(np.abs(expected).max())):
                raise ExportDiffers(
                    f"An exported {part.name} must compute what Keras does; its {name} "
                    f"differs by {difference:.1e} on {count} inputs, so nothing was "
                    "written. Try --format onnx, or another --backend."
                )
            largest = max(largest, difference)
    return largest


def _require_same_shape(part, name, expected, received):
    if tuple(expected) != tuple(received):
        raise ExportDiffers(
            f"An exported {part.name} must compute what Keras does; its {name} has "
            f"shape {tuple(received)} instead of {tuple(expected)}, so nothing was "
            "written. Try --format onnx, or another --backend."
        )
