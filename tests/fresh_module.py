"""Modules run anew, beside the ones that are imported."""

import importlib.util


def fresh_module(name):
    """A second copy of a module, made from what its imports say now."""
    spec = importlib.util.find_spec(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
