"""A model's own numbers, the step and the strengths, as weights that Python reads."""

import keras


class ScalarWeight(keras.Variable):
    """A scalar variable of which `float` and `int` can be taken wherever it lies.

    Keras's own cannot where TensorFlow keeps a copy on each of several devices.
    """

    def __float__(self):
        return float(keras.ops.convert_to_numpy(self))

    def __int__(self):
        return int(keras.ops.convert_to_numpy(self))


def add_scalar_weight(
    model, name, dtype="float32", initializer="zeros", trainable=False
):
    """Gives a model a scalar weight, 0 at first, that no gradient moves.

    Args:
        model: `keras.Model`.
        name: str, the weight's.
        dtype: str; whatever the networks compute in, the terms of a loss are float32,
            and TensorFlow multiplies like with like only.
        initializer: str, "zeros" or "ones".
        trainable: bool, whether the objective is minimised by it.

    Returns:
        `ScalarWeight`.
    """
    weight = model.add_weight(
        name=name,
        shape=(),
        dtype=dtype,
        initializer=initializer,
        trainable=trainable,
    )
    # `add_weight` makes Keras's own class; this one only adds how it is read.
    weight.__class__ = ScalarWeight
    return weight
