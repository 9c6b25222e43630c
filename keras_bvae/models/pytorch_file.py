"""Reads PyTorch's files, `.pt` and `.safetensors`, as arrays; nothing in them runs.

A file's sizes are looked at before it is read: what it claims, and what it would take.
"""

import argparse
import math
import pathlib
import pickletools
import zipfile
from collections.abc import Mapping

import numpy as np

from keras_bvae.errors import InvalidValue, KerasBVAEError, MissingPackage
from keras_bvae.files.json_file import parse_json
from keras_bvae.files.reading import open_file, require_regular_file

# A Burgess network has 2 MB, with the optimizer's state 6.
MOST_BYTES = 256 * 2**20
_MOST_PICKLED = 4 * 2**20
_WHAT = "A published checkpoint"
# What programs put beside the weights, an argument or the best loss: it is made, does
# nothing, and is left out. A NumPy number is pickled as a function and its dtype.
_SCALAR = np.float64(0.0).__reduce__()[0]
_INERT = [
    argparse.Namespace,
    pathlib.PosixPath,
    pathlib.WindowsPath,
    (_SCALAR, "numpy._core.multiarray.scalar"),
    (_SCALAR, "numpy.core.multiarray.scalar"),
    np.dtype,
    *(type(np.dtype(kind)) for kind in ("f2", "f4", "f8", "i4", "i8", "u1", "?")),
]
# Dicts in dicts are no deeper than that, and have no more in them: one may hold
# another many times over, which takes hardly any room in the file.
_DEEPEST, _MOST_ENTRIES = 8, 100_000
_LEGACY_PICKLES = 5
# What there is of safetensors' types, that is a real number with a fraction.
_FLOATS = {"F16": "<f2", "F32": "<f4", "F64": "<f8", "BF16": "<u2"}


def read_tensors(path):
    """The tensors of a file as they are nested in dicts; all else is left out.

    Args:
        path: str or Path; what `torch.save` wrote, of any age, or a `.safetensors`.

    Returns:
        dict, of str or dict: NumPy arrays of float32, or str that says of a tensor
        why it is none. A leaf that is no tensor is None.

    Raises:
        InvalidValue: it cannot be read, is too large, or holds objects of Python.
        MissingPackage: PyTorch is not installed, which a `.pt` needs.
        OSError: there is no such file, or it is a pipe.
    """
    path = pathlib.Path(path)
    size = require_regular_file(path, _WHAT)
    if size > MOST_BYTES:
        raise InvalidValue(
            f"{_WHAT} may have {MOST_BYTES:,} bytes at most; {str(path)!r} has "
            f"{size:,}. Save the model's state_dict() alone."
        )
    try:
        if path.suffix.lower() == ".safetensors":
            return _read_safetensors(path)
        content = _load_by_torch(path)
        return _Arrays().of(content, _DEEPEST) if isinstance(content, Mapping) else {}
    except MissingPackage:
        raise
    except Exception as error:  # whatever PyTorch says of a damaged file
        raise InvalidValue(
            f"{_WHAT} must be a file of tensors that PyTorch saved; {str(path)!r} "
            f"could not be read as one ({_reason(error)}). Copy it again, or save the "
            "model's state_dict() alone."
        ) from error


def _load_by_torch(path):
    try:
        import torch
    except ModuleNotFoundError as error:
        raise MissingPackage(
            "Reading a PyTorch checkpoint needs PyTorch, which is not installed here. "
            "Run `pip install torch`."
        ) from error
    _require_plain_sizes(path)
    with torch.serialization.safe_globals(_INERT):
        return torch.load(path, map_location="cpu", weights_only=True)


def _require_plain_sizes(path):
    """A zip's members as large as they claim, none packed; a short pickle."""
    with open_file(path, _WHAT) as file:
        head = file.read(_MOST_PICKLED)
        if not head.startswith(b"PK"):  # by which PyTorch goes as well
            _require_short_pickles(head)
            return
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    names = [member.filename for member in members]
    if len(set(names)) < len(names):
        raise InvalidValue("two of its members have one name")
    for member in members:
        if member.flag_bits & 1:
            raise InvalidValue("it is encrypted")
        if member.compress_type != zipfile.ZIP_STORED:
            raise InvalidValue("its members are compressed, as PyTorch's never are")
        if member.filename.endswith(".pkl") and member.file_size > _MOST_PICKLED:
            raise InvalidValue("it holds far more than tensors")
    if sum(member.file_size for member in members) > path.stat().st_size:
        raise InvalidValue("its members claim more than the file has")


def _require_short_pickles(content):
    """The format before PyTorch 1.6: pickles, then the numbers."""
    head = _Head(content)
    for _ in range(_LEGACY_PICKLES):
        for _ in pickletools.genops(head):
            pass


class _Head:
    """The beginning of a file; who reads beyond it is told so."""

    def __init__(self, content):
        self.content, self.place = content, 0

    def read(self, count):
        part = self.content[self.place : self.place + count]
        self.place += len(part)
        return part

    def readline(self):
        end = self.content.find(b"\n", self.place) + 1
        return self.read((end or len(self.content)) - self.place)

    def tell(self):
        return self.place


class _Arrays:
    """Tensors as arrays, dicts as dicts with names; all else None."""

    def __init__(self):
        self.entries, self.bytes = _MOST_ENTRIES, 2 * MOST_BYTES

    def of(self, value, depth):
        if isinstance(value, Mapping):
            self.entries -= len(value)
            if depth == 0 or self.entries < 0:
                raise InvalidValue("its dicts hold far more than tensors")
            return {
                str(key): self.of(item, depth - 1)
                for key, item in value.items()
                if isinstance(key, str | int)
            }
        if not hasattr(value, "untyped_storage"):
            return None
        self.bytes -= math.prod(value.shape) * value.element_size()
        if self.bytes < 0:
            raise InvalidValue("its tensors claim more numbers than it has")
        return _as_array(value)


def _as_array(tensor):
    """A float32 array, or why there is none, in words."""
    if tensor.layout != _strided() or tensor.device.type != "cpu":
        return f"is {str(tensor.layout).removeprefix('torch.')} or holds no numbers"
    if tensor.is_quantized or not tensor.dtype.is_floating_point:
        return f"is {str(tensor.dtype).removeprefix('torch.')}"
    if tensor.numel() * tensor.element_size() > tensor.untyped_storage().nbytes():
        return "claims more numbers than it has"
    return _finite(tensor.detach().float().numpy())


def _strided():
    import torch

    return torch.strided


def _finite(array):
    return array if np.isfinite(array).all() else "has values that are NaN or infinite"


def _read_safetensors(path):
    """8 bytes that count a header of JSON, the header, the numbers."""
    with open_file(path, _WHAT) as file:
        count = int.from_bytes(file.read(8), "little")
        if not 2 <= count <= _MOST_PICKLED:
            raise InvalidValue("its header is of no possible length")
        header = parse_json(file.read(count), "the header", "A header", is_unique=True)
        numbers = file.read(MOST_BYTES)
    if not isinstance(header, dict):
        raise InvalidValue("its header is no object")
    header.pop("__metadata__", None)
    ends = [entry["data_offsets"] for entry in header.values()]
    if sum(end - start for start, end in ends) > len(numbers):
        raise InvalidValue("its tensors claim more numbers than it has")
    return {name: _slice(entry, numbers) for name, entry in header.items()}


def _slice(entry, numbers):
    kind, shape = entry["dtype"], tuple(entry["shape"])
    start, end = entry["data_offsets"]
    if not all(type(n) is int and n >= 0 for n in (*shape, start, end)):
        raise InvalidValue("a size in its header is none")
    if kind not in _FLOATS:
        return f"is {str(kind)[:20]}"
    part = numbers[start:end]
    if not start <= end <= len(numbers):
        raise InvalidValue("it is truncated")
    array = np.frombuffer(part, _FLOATS[kind]).reshape(shape)
    if kind == "BF16":  # the upper half of a float32
        array = (array.astype("uint32") << 16).view("float32")
    with np.errstate(over="ignore"):
        return _finite(array.astype("float32"))


def _reason(error):
    """The first line, without PyTorch's advice to load what may run code."""
    text = str(error).strip()
    if "eights only load failed" in text or "weights_only" in text:
        return "it holds objects of Python, not tensors alone"
    if not isinstance(error, KerasBVAEError) and not text:
        return type(error).__name__
    return text.splitlines()[0][:160]
