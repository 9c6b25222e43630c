"""What `run.json` holds, and what is said of one that cannot be read."""

import dataclasses
import re

from keras_bvae.errors import InvalidValue
from keras_bvae.files.json_file import read_json
from keras_bvae.rules import shown
from keras_bvae.runs import recorded_results
from keras_bvae.runs.record_rules import (
    dict_of,
    duration,
    fields,
    list_of,
    number,
    optional,
    text,
    whole,
)
from keras_bvae.runs.settings import Settings
from keras_bvae.version import __version__

_stretch = fields({"at": text, "step": whole, "backend": text}, ("step",))
_best = fields({"step": whole, "val_loss": number}, ("step", "val_loss"))
_stop = fields({"step": whole, "rounds": whole, "loss": text}, ("step", "rounds"))
_origin = fields(
    {"path": text, "step": whole, "weights_sha256": text}, ("path", "weights_sha256")
)
# What every record has, from the first version on.
_FIRST = {
    "settings": dict_of(lambda place, value: None),
    "backend": text,
    "device": text,
    "platform": text,
    "versions": dict_of(text),
    "started": text,
    "status": text,
    "step": whole,
    "seconds": duration,
}
_record = fields(
    {
        **_FIRST,
        "reason": text,
        "images": whole,
        "resumed": list_of(_stretch),
        "init_from": _origin,
        "best": _best,
        "stopped_early": _stop,
        "results": optional(recorded_results.results),
    },
    needed=tuple(_FIRST),
)


def read_run_record(path):
    """A run's record, each field as it must be.

    Args:
        path: Path of `run.json`.

    Returns:
        dict, as it was written.

    Raises:
        InvalidValue: it is damaged, or of a newer version that has other settings.
        OSError: it is no file that can be read.
    """
    record = None
    try:
        record = read_json(path, "A run's record")
        fields({}, ("settings",))("", record)
        _require_settings(record["settings"])
        _record("", record)
    except (InvalidValue, TypeError) as error:
        raise InvalidValue(_sentence(path, record, error)) from error
    return record


def _require_settings(settings):
    dict_of(lambda place, value: None)("settings", settings)
    known = {field.name for field in dataclasses.fields(Settings)}
    unknown = [shown(name) for name in settings if name not in known]
    if unknown:
        raise InvalidValue(f"it has settings that are not known: {', '.join(unknown)}")
    Settings(**settings)


def _sentence(path, record, error):
    version = _version_of(record)
    if version is not None and _ordered(version) > _ordered(__version__):
        return (
            f"A run is opened by the version that made it, or a later one; "
            f"{str(path)!r} was written by keras-bvae {version}, and this is "
            f"{__version__} ({error}). Run `pip install --upgrade keras-bvae`."
        )
    return (
        f"A run's run.json must be as `kbvae train` wrote it; {str(path)!r} is not "
        f"({error}). Start a new run; to use the checkpoint alone, move that file "
        "away."
    )


def _version_of(record):
    """The version that wrote a record, as it says; None where it does not."""
    versions = record.get("versions") if isinstance(record, dict) else None
    version = versions.get("keras-bvae") if isinstance(versions, dict) else None
    is_one = isinstance(version, str) and re.fullmatch(
        r"\d{1,6}(\.\w{1,12}){1,5}", version
    )
    return version if is_one else None


def _ordered(version):
    """The numbers of a version, to compare by: 0.10.0 comes after 0.9.2."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])
