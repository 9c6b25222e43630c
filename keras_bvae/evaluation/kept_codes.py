"""Codes of a checkpoint's images, kept beside it for the next scores.

To encode dSprites takes more than half of `kbvae evaluate -m all`, and the codes of the
same weights are the same the next time. The file is a line of JSON that says of what
the codes are, a bit an image that tells which are there, their codes in float32, and
the SHA-256 of all that. Whatever is not just so is no codes: they are computed anew.
"""

import contextlib
import hashlib
import json
from pathlib import Path

import keras
import numpy as np

from keras_bvae.errors import KerasBVAEError
from keras_bvae.evaluation.model_state import model_state
from keras_bvae.files.folders import require_no_link
from keras_bvae.files.reading import open_file, read_bytes
from keras_bvae.files.whole_file import whole_file
from keras_bvae.version import __version__

# Behind the checkpoint's own name.
FILE = "-codes.bin"
# Fewer are encoded in seconds.
LEAST_IMAGES = 50_000
MOST_BYTES = 256 * 2**20
_DIGEST_BYTES = hashlib.sha256().digest_size
_FORMAT = "keras_bvae codes 1"


class KeptCodes:
    """The file of one checkpoint's codes of one data set.

    Args:
        checkpoint: path of the model's file, beside which they are kept.
        model: the model that was read from it.
        dataset: data set whose content has a version, `content_version`.
    """

    def __init__(self, checkpoint, model, dataset):
        checkpoint = Path(checkpoint)
        self.path = checkpoint.with_name(checkpoint.stem + FILE)
        self._shape = len(dataset), model.latent_dim
        self._head = _head(checkpoint, model, dataset)
        row_bytes = 4 * model.latent_dim + 1
        self._most = len(self._head) + len(dataset) * row_bytes + _DIGEST_BYTES + 1

    def read(self):
        """`(is_known, codes)`, `(images,)` and `(images, latent_dim)`, or None.

        None for no file, one of another state, a damaged one, a link.
        """
        with contextlib.suppress(KerasBVAEError, OSError, ValueError):
            require_no_link(self.path)
            return self._parsed(read_bytes(self.path, self._most, "Kept codes"))
        return None

    def write(self, is_known, codes):
        """Writes the file, whole or not at all; where it cannot, nothing is said."""
        if is_known.sum() < LEAST_IMAGES or codes.dtype != np.float32:
            return
        parts = self._head, np.packbits(is_known).tobytes(), codes[is_known].tobytes()
        body = b"".join(parts)
        digest = hashlib.sha256(body).digest()
        with contextlib.suppress(KerasBVAEError, OSError):
            require_no_link(self.path)
            if self.path.exists() and not self._is_ours():
                return
            with whole_file(self.path) as temporary:
                temporary.write_bytes(body + digest)

    def _is_ours(self):
        """Whether what lies there begins as such a file does."""
        start = json.dumps({"format": _FORMAT})[:-1].encode()
        with open_file(self.path) as file:
            return file.read(len(start)) == start

    def _parsed(self, content):
        count, latent_dim = self._shape
        start = len(self._head)
        bits = -(-count // 8)
        if content[:start] != self._head:
            return None
        body, digest = content[:-_DIGEST_BYTES], content[-_DIGEST_BYTES:]
        if len(body) < start + bits or hashlib.sha256(body).digest() != digest:
            return None
        packed = np.frombuffer(body, np.uint8, bits, start)
        is_known = np.unpackbits(packed, count=count).astype(bool)
        rows = np.frombuffer(body, "<f4", offset=start + bits)
        rows = rows.reshape(int(is_known.sum()), latent_dim)
        if not np.isfinite(rows).all():
            return None
        codes = np.zeros((count, latent_dim), np.float32)
        codes[is_known] = rows
        return is_known, codes


def kept_codes(checkpoint, model, dataset):
    """The file of a checkpoint's codes, to be given to `evaluate_model`.

    Only codes of images are kept that are the same whenever the data set's name and
    version are, those of dSprites: a folder's pictures may have changed.

    Args:
        checkpoint: path of the model's file.
        model: the model that was read from it.
        dataset: a data set.

    Returns:
        `KeptCodes`, or None where codes are not kept.
    """
    version = getattr(dataset, "content_version", None)
    is_small = len(dataset) * (4 * model.latent_dim + 1) <= MOST_BYTES
    if version is None or not is_small or getattr(model, "condition", None):
        return None
    with contextlib.suppress(KerasBVAEError, OSError):
        return KeptCodes(checkpoint, model, dataset)
    return None


def _head(checkpoint, model, dataset):
    with open_file(checkpoint, "A checkpoint") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    of_what = {
        "format": _FORMAT,
        "checkpoint_sha256": digest,
        # The file may have been replaced since it was read.
        "weights_sha256": model_state(model)["weights_sha256"],
        "dataset": dataset.name,
        "version": dataset.content_version,
        "images": len(dataset),
        "latent_dim": model.latent_dim,
        "precision": model.dtype_policy.name,
        "backend": keras.backend.backend(),
        "versions": [__version__, keras.__version__],
    }
    return json.dumps(of_what).encode() + b"\n"
