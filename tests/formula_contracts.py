"""What every formula of the losses must pass: value and gradient against NumPy."""

import functools

import keras
import numpy as np
from keras import ops

from keras_bvae.engine import engine

# In float64 a central difference is then wrong by about 1e-10: step² from the curve
# that it cuts short, 1e-16 / step from rounding.
STEP = 1e-5


@functools.cache
def compiled(function):
    """The function under `jax.jit`; unchanged elsewhere.

    Without it JAX would compile each operation by itself, for each shape: seconds. A
    function that is compiled twice, like a lambda in a loop, costs as much again.
    """
    if keras.backend.backend() != "jax":
        return function
    import jax

    return jax.jit(function)


def evaluated(function, *inputs):
    """What the function makes of arrays: a NumPy array, or a tuple of them."""
    outputs = compiled(function)(*map(ops.convert_to_tensor, inputs))
    if isinstance(outputs, tuple):
        return tuple(ops.convert_to_numpy(output) for output in outputs)
    return ops.convert_to_numpy(outputs)


def assert_values(function, reference, inputs, rtol=1e-5, atol=0.0):
    """Holds a function of float32 tensors against a formula on float64 arrays.

    Args:
        function: tensors to a tensor or a tuple of tensors.
        reference: the same formula on float64 NumPy arrays.
        inputs: float32 arrays.
        rtol, atol: allowed error; an `atol` carries its reason where it is given.
    """
    found = _as_tuple(evaluated(function, *inputs))
    expected = _as_tuple(reference(*[np.float64(x) for x in inputs]))
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.shape == np.shape(theirs)
        np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=atol)


def assert_gradients(function, reference, inputs, rtol=1e-4):
    """Holds the gradient of a random weighted sum of a function's outputs.

    Gradients are sums of terms that partly cancel, so float32 leaves them fewer digits
    than values have: four, counted from an input's largest gradient.

    Args:
        function, reference, inputs: as for `assert_values`.
        rtol: allowed error, as a share of the largest gradient of an input.
    """
    outputs = _as_tuple(reference(*[np.float64(x) for x in inputs]))
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=np.shape(output)) for output in outputs]
    variables = [keras.Variable(x) for x in inputs]

    def weighted_sum():
        results = _as_tuple(function(*map(ops.convert_to_tensor, variables)))
        factors = [ops.convert_to_tensor(w, dtype="float32") for w in weights]
        pairs = zip(factors, results, strict=True)
        return sum(ops.sum(factor * result) for factor, result in pairs), ()

    def gradients():
        return engine.value_and_grad(weighted_sum, variables, others=[])[2]

    def reference_sum(*values):
        pairs = zip(weights, _as_tuple(reference(*values)), strict=True)
        return sum(np.sum(factor * result) for factor, result in pairs)

    expected = central_differences(reference_sum, inputs)
    for ours, theirs in zip(compiled(gradients)(), expected, strict=True):
        error = np.abs(ops.convert_to_numpy(ours) - theirs).max()
        assert error <= rtol * np.abs(theirs).max()


def central_differences(scalar, inputs):
    """Gradient of a float64 function by each of its arrays, one entry at a time."""
    values = [np.array(x, "float64") for x in inputs]
    gradients = [np.zeros_like(value) for value in values]
    for value, gradient in zip(values, gradients, strict=True):
        for index in np.ndindex(value.shape):
            kept = value[index]
            value[index] = kept + STEP
            above = scalar(*values)
            value[index] = kept - STEP
            gradient[index] = (above - scalar(*values)) / (2 * STEP)
            value[index] = kept
    return gradients


def _as_tuple(outputs):
    return tuple(outputs) if isinstance(outputs, tuple) else (outputs,)
