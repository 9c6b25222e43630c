"""JSON files, read with care and written whole. NaN, which JSON lacks, becomes null."""

import json
import math
import re

from keras_bvae.errors import InvalidValue
from keras_bvae.files.folders import ADVICE
from keras_bvae.files.reading import read_text
from keras_bvae.files.whole_file import whole_file

# What we write ourselves is far smaller.
MOST_BYTES = 64 * 2**20
# No text has them in UTF-8; JSON can write them as escapes.
_SURROGATES = re.compile("[\ud800-\udfff]")


def read_json(path, what="A JSON file", most=MOST_BYTES):
    """What a JSON file holds. NaN and Infinity, which are no JSON, are refused.

    Args:
        path: str or Path.
        what: str, the subject of the sentence, as "A run's record".
        most: int, bytes.

    Raises:
        InvalidValue: it is no JSON, too large or nested too deep.
        OSError: it is no ordinary file; see `reading.require_regular_file`.
    """
    return parse_json(read_text(path, most, what), repr(str(path)), what)


def parse_json(text, source, what="JSON", is_unique=False):
    """What a JSON text says, by the rules of `read_json`.

    Args:
        text: str, or bytes in UTF-8.
        source: str, whence it comes, as it stands in the sentence.
        what: str, the subject of the sentence.
        is_unique: bool, whether a name that stands twice in an object is refused.

    Raises:
        InvalidValue: it is no JSON, or nested too deep.
    """
    rules = {"parse_constant": _no_constant, "parse_float": _finite}
    if is_unique:
        rules["object_pairs_hook"] = _unique
    try:
        return json.loads(text, **rules)
    except RecursionError:
        reason = "it is nested too deep"
    except UnicodeDecodeError:
        reason = "it is no text in UTF-8"
    except ValueError as error:
        reason = str(error)
    raise InvalidValue(f"{what} must be JSON; {source} is not ({reason}).")


def write_json(path, value, advice=ADVICE):
    """Writes a value as JSON, whole or not at all.

    Args:
        path: str or Path.
        value: whatever `plain` makes plain.
        advice: str, a sentence: what to do when the disk is full.

    Raises:
        FileNotWritten: the disk is full or broken.
    """
    with whole_file(path, advice=advice) as temporary:
        temporary.write_text(json_text(value) + "\n", encoding="utf-8")


def json_text(value, indent=2):
    """A value as JSON text, in which NaN and infinity are null.

    A name that is not UTF-8, as a file's can be, comes back as it was.
    """
    text = json.dumps(plain(value), indent=indent, ensure_ascii=False, allow_nan=False)
    return _SURROGATES.sub(lambda found: ascii(found[0])[1:-1], text)


def plain(value):
    """NumPy scalars and arrays, tuples and dicts as plain Python; NaN as None."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    # Of NumPy, without which a lock or a setting may be written.
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _no_constant(name):
    raise InvalidValue(f"{name} is no number of JSON")


def _unique(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        raise InvalidValue("a name stands twice")
    return found


def _finite(text):
    value = float(text)
    if not math.isfinite(value):
        raise InvalidValue(f"{text[:40]} is too large")
    return value
