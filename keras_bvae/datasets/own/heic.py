"""HEIC, as phones write it: read through pillow-heif where that is installed."""

import importlib.util
import re

from keras_bvae.errors import MissingPackage

HEIC_ENDINGS = (".heic", ".heif", ".hif", ".heics", ".heifs")
ADVICE = "pip install 'keras-bvae[heic]'"
_MAGIC = re.compile(rb".{4}ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1)", re.DOTALL)
_PACKAGE = "pillow_heif"


def is_heic(begin):
    """Whether a file is HEIC, by its first 12 bytes."""
    return _MAGIC.match(begin) is not None


def has_heic_reader():
    """Whether pillow-heif is installed."""
    return importlib.util.find_spec(_PACKAGE) is not None


def let_pillow_read_heic():
    """Makes Pillow know the format HEIF, here and in all of the process.

    Raises:
        MissingPackage: pillow-heif is not installed.
    """
    if not has_heic_reader():
        raise MissingPackage(
            "HEIC pictures are read by pillow-heif, which is not installed. Run "
            f"{ADVICE}, or save them as JPEG."
        )
    importlib.import_module(_PACKAGE).register_heif_opener()
