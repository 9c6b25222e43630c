"""Names that have moved go on working for one version, with a warning."""

import importlib
import warnings


def former_names(module_name, places):
    """A `__getattr__` for a module that finds its former names where they are now.

    Args:
        module_name: str, the module's `__name__`.
        places: dict of each former name to where the thing is now, as
            "keras_bvae.latents.sweeps.Sweep".

    Returns:
        function of a name, to be the module's `__getattr__`. It warns, with a
        DeprecationWarning that says what to write instead.
    """

    def find(name):
        if name not in places:
            raise AttributeError(f"module {module_name!r} has no attribute {name!r}")
        module, _, present_name = places[name].rpartition(".")
        warnings.warn(
            f"{module_name}.{name} is a former name, which goes with the next version: "
            f"use {_shortest(places[name])}.",
            DeprecationWarning,
            stacklevel=2,
        )
        return getattr(importlib.import_module(module), present_name)

    return find


def _shortest(place):
    """A place as people write it: straight from its room, where that exports it."""
    room, name = ".".join(place.split(".")[:2]), place.rpartition(".")[2]
    exported = getattr(importlib.import_module(room), "__all__", ())
    return f"{room}.{name}" if name in exported else place
