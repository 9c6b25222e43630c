"""The folder that keeps drawn and decoded images, and may be deleted at any time."""

import os
import pathlib

from platformdirs import user_cache_path

FOLDER_VARIABLE = "KERAS_BVAE_CACHE"
_NAME = "keras_bvae"


def default_cache_folder():
    """Where cache files lie unless the user says otherwise.

    Returns:
        pathlib.Path: the folder named by the environment variable KERAS_BVAE_CACHE;
        without it keras_bvae where the system keeps caches: below XDG_CACHE_HOME or
        ~/.cache, ~/Library/Caches or %LOCALAPPDATA%. It need not exist.
    """
    chosen = os.environ.get(FOLDER_VARIABLE)
    if chosen:
        return pathlib.Path(os.path.expanduser(chosen))
    earlier = _place_of_earlier_versions()
    place = user_cache_path(_NAME, appauthor=False)
    # Older platformdirs take a relative XDG_CACHE_HOME, which counts as not set.
    return earlier if earlier.is_dir() or not place.is_absolute() else place


def _place_of_earlier_versions():
    """Where up to 0.5.0 a cache lay on every system: it is used where there is one."""
    shared = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(shared):
        shared = os.path.expanduser("~/.cache")
    return pathlib.Path(shared) / _NAME
