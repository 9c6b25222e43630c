"""An earlier export, known by what its `export.json` says and by the names it wrote."""

import re

from keras_bvae.errors import KerasBVAEError
from keras_bvae.export.formats import FORMATS
from keras_bvae.export.parts import PARTS
from keras_bvae.files.json_file import read_json

# Says beside the files what they are.
DESCRIPTION = "export.json"
# What every description has, those of 0.5.0 too.
_ENTRIES = ("format", "parts", "versions", "image_shape", "latent_dim")
# OpenVINO's weights, and those of an ONNX file that is large.
_BESIDE = {".xml": (".bin",), ".onnx": (".onnx.data",)}
_IN_SAVED_MODEL = re.compile(
    r"(saved_model|fingerprint|keras_metadata)\.pb|assets|variables"
    r"|variables/variables\.(index|data-\d{5}-of-\d{5})"
)


def foreign_in(folder):
    """The name of something in a folder that `export_model` did not write, or None.

    Args:
        folder: Path of an existing folder.

    Returns:
        str, relative to the folder, the first by name.
    """
    ours = _names_of(folder)
    for path in sorted(folder.iterdir()):
        if path.name not in ours:
            return path.name
        if path.is_symlink() or not path.is_dir():
            continue
        for inner in sorted(path.rglob("*")):
            if not _IN_SAVED_MODEL.fullmatch(inner.relative_to(path).as_posix()):
                return inner.relative_to(folder).as_posix()
    return None


def _names_of(folder):
    """What an export wrote there, by its own description; nothing without one."""
    try:
        record = read_json(folder / DESCRIPTION)
    except KerasBVAEError:
        return set()
    if not isinstance(record, dict) or not set(_ENTRIES) <= set(record):
        return set()
    kind, parts = record["format"], record["parts"]
    if not isinstance(kind, str) or kind not in FORMATS or not isinstance(parts, dict):
        return set()
    ending = FORMATS[kind].suffix
    endings = (ending, *_BESIDE.get(ending, ()))
    written = [part for part in PARTS if part in parts]
    return {DESCRIPTION, *(f"{part}{end}" for part in written for end in endings)}
