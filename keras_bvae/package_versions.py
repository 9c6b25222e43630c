"""Which versions took part: what a record needs to be repeated."""

from importlib import metadata

from keras_bvae.version import __version__


def package_versions(names):
    """Versions of the packages that are installed.

    Args:
        names: iterable of str, as pip calls them.

    Returns:
        dict of str; a package that is not installed is left out.
    """
    return {name: version for name in names if (version := _version_of(name))}


def _version_of(name):
    if name == "keras-bvae":
        # An editable install keeps the version of the day it was made.
        return __version__
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
