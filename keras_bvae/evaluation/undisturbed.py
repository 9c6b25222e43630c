"""A model that is measured, and afterwards is as it was."""

import contextlib

import keras

from keras_bvae.engine import engine


@contextlib.contextmanager
def undisturbed(model):
    """What is computed with the model meanwhile leaves no trace in it.

    Its random streams and running means are put back, so that training goes on as if
    nobody had looked. A model that was not compiled can be evaluated meanwhile, and is
    not compiled afterwards.

    Args:
        model: `VariationalAutoencoder`.
    """
    weights = {id(weight) for weight in model.weights}
    passing = [v for v in model.variables if id(v) not in weights]
    passing = [*passing, *model.metrics_variables]
    values = [keras.ops.convert_to_numpy(variable) for variable in passing]
    with _compiled(model), engine.keeping_random():
        try:
            yield
        finally:
            for variable, value in zip(passing, values, strict=True):
                variable.assign(value)


@contextlib.contextmanager
def _compiled(model):
    """A model that can be evaluated; what `compile` did to it is undone."""
    if model.compiled:
        yield
        return
    before = dict(vars(model))
    model.compile("sgd")  # which has no state that would take memory
    set_by_it = [
        name for name, value in vars(model).items() if _is_new(name, value, before)
    ]
    try:
        yield
    finally:
        for name in {*set_by_it, "train_function", "test_function"}:
            if name in before:
                vars(model)[name] = before[name]
            else:
                vars(model).pop(name, None)


def _is_new(name, value, before):
    return name not in before or before[name] is not value
