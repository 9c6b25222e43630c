"""Names that have moved go on working for one version, with a warning."""

import importlib
import importlib.abc
import importlib.machinery
import sys
import warnings

# Modules that the examples and documents of 0.5 imported, and where their names are.
MODULES = {
    "keras_bvae.benchmark.device_limits": "keras_bvae.benchmark.device",
    "keras_bvae.benchmark.memory": "keras_bvae.benchmark.device",
    "keras_bvae.datasets.sprite_renderer": (
        "keras_bvae.datasets.sprites.sprite_renderer"
    ),
    "keras_bvae.training": "keras_bvae.runs",
    "keras_bvae.training.checkpoint": "keras_bvae.models.checkpoint",
    "keras_bvae.training.evaluation": "keras_bvae.evaluation",
    "keras_bvae.training.objectives": "keras_bvae.runs.objectives",
    "keras_bvae.training.run": "keras_bvae.runs.run",
    "keras_bvae.training.run_folder": "keras_bvae.runs.run_folder",
    "keras_bvae.training.settings": "keras_bvae.runs.settings",
}


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


class _FormerModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports a module of `MODULES` as an empty one that finds its names elsewhere."""

    def find_spec(self, name, path=None, target=None):
        if name not in MODULES:
            return None
        holds_others = any(former.startswith(f"{name}.") for former in MODULES)
        return importlib.machinery.ModuleSpec(name, self, is_package=holds_others)

    def create_module(self, spec):
        return None  # an ordinary one

    def exec_module(self, module):
        place = MODULES[module.__name__]
        warnings.warn(
            f"{module.__name__} is a former name, which goes with the next version: "
            f"use {place}.",
            DeprecationWarning,
            stacklevel=2,
        )
        present = importlib.import_module(place)
        module.__getattr__ = lambda name: getattr(present, name)


def keep_former_modules():
    """Lets `import` find the modules of `MODULES` by their former names."""
    if not any(isinstance(finder, _FormerModules) for finder in sys.meta_path):
        sys.meta_path.append(_FormerModules())
