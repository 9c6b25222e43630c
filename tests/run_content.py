"""All that one run must have in common with another that is to equal it."""

import csv
import io
import json
import zipfile

import h5py
import numpy as np

_STATE, _WEIGHTS = "keras_bvae_state.json", "model.weights.h5"


def content(folder):
    """What a run left, by name; the time that anything took is left out.

    Args:
        folder: Path of a run's folder.

    Returns:
        dict: every array of the checkpoint, and of the best one (weights, optimizers,
        random streams, running means), the state of the first, the rows of the history,
        settings and results, the picture.
    """
    found = {}
    with zipfile.ZipFile(folder / "ckpt.keras") as archive:
        # Not config.json: Keras numbers layers by the process, objects by their place
        # in memory.
        state = json.loads(archive.read(_STATE))
    found["state"] = _without_seconds(state)
    _add_arrays(found, "array", folder / "ckpt.keras")
    if (folder / "best.keras").exists():
        _add_arrays(found, "best", folder / "best.keras")
    with open(folder / "history.csv", newline="") as file:
        found["history"] = _without_seconds(list(csv.DictReader(file)))
    record = json.loads((folder / "run.json").read_text())
    for name in ("settings", "results", "status", "step", "best", "stopped_early"):
        found[name] = _without_seconds(record.get(name))
    if (folder / "traversal.png").exists():
        found["traversal"] = (folder / "traversal.png").read_bytes()
    return found


def differences(expected, received):
    """Names of what differs, arrays by their bytes, between two `content`s."""
    names = sorted({**expected, **received})
    return [n for n in names if not _same(expected.get(n), received.get(n))]


def _add_arrays(found, kind, path):
    def add(name, item):
        if isinstance(item, h5py.Dataset):
            found[f"{kind} {name}"] = item[()]

    with zipfile.ZipFile(path) as archive:
        weights = io.BytesIO(archive.read(_WEIGHTS))
    with h5py.File(weights) as file:
        file.visititems(add)


def _without_seconds(value):
    if isinstance(value, dict):
        return {k: _without_seconds(v) for k, v in value.items() if k != "seconds"}
    return [_without_seconds(v) for v in value] if isinstance(value, list) else value


def _same(one, other):
    if isinstance(one, np.ndarray | np.generic):
        return np.asarray(one).tobytes() == np.asarray(other).tobytes()
    return one == other
