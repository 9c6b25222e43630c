"""A model's networks as files that other programs run, compared with Keras at once."""

import json
import warnings

from keras_bvae.export import comparison
from keras_bvae.export.description import describe_model, describe_part, versions
from keras_bvae.export.formats import FORMATS, require_format, runtime_of
from keras_bvae.export.parts import PARTS, part_of
from keras_bvae.files.whole_folder import require_replaceable, whole_folder

DESCRIPTION = "export.json"


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
        ValueError: an unknown format or part, or a format that Keras cannot write on
            this backend.
        ModuleNotFoundError: a package that the format needs is missing.
        ExportDiffers: a file computes other numbers than Keras; nothing is written.
        OSError: the folder holds something else or cannot be written.
    """
    require_format(format)
    require_replaceable(folder, DESCRIPTION, PARTS)
    runtime = runtime_of(format)
    record = {
        "format": format,
        **describe_model(model),
        **(notes or {}),
        "parts": {},
        "checked_with": runtime,
        "versions": versions(),
    }
    wanted = [part_of(model, name) for name in dict.fromkeys(parts)]
    with (
        whole_folder(folder, DESCRIPTION, PARTS) as work,
        warnings.catch_warnings(),
    ):
        # The converters' own, about code that no user of ours wrote.
        warnings.simplefilter("ignore")
        for done, part in enumerate(wanted):
            if progress is not None:
                progress(done, len(wanted))
            record["parts"][part.name] = _written(part, work, record, runtime)
        text = json.dumps(record, indent=2, ensure_ascii=False)
        (work / DESCRIPTION).write_text(text + "\n", encoding="utf-8")
        if progress is not None:
            progress(len(wanted), len(wanted))
    return record


def _written(part, folder, record, runtime):
    """Writes one part, compares it with Keras, and returns its description."""
    kind = FORMATS[record["format"]]
    path = folder / f"{part.name}{kind.suffix}"
    description = describe_part(part, path.name)
    model = {key: value for key, value in record.items() if key != "parts"}
    kind.file.write(part, path, {**model, **description})
    if runtime is None:
        return {**description, "largest_difference": None}
    difference = comparison.largest_difference(part, kind.file.load(part, path))
    return {**description, "largest_difference": difference}
