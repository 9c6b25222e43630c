"""Which optimizers are Adam and nothing else: a backend may update those in one pass.

Keras writes Adam's update as some ten operations on whole arrays, each a trip through
the memory. For a dense network that takes as long as its matrix products do.
"""

import keras


def plain_adam_state(optimizer, gradients, variables):
    """The state that one pass of Adam updates, or None where there is more to do.

    Args:
        optimizer: a built Keras optimizer.
        gradients: a gradient for each variable.
        variables: Keras variables that the optimizer was built for.

    Returns:
        `(momentums, velocities)`, Keras variables in the order of `variables`. None for
        another optimizer or a class derived from Adam; where clipping, decay, averages,
        accumulation, constraints or AMSGrad are asked for; where a gradient is missing
        or not float32.
    """
    kind = type(optimizer)
    # PyTorch's own class is called Adam as well; AdamW is a kind of Adam.
    is_adam = kind.__name__ == "Adam" and kind.__module__.startswith("keras.")
    if not is_adam or _does_more(optimizer):
        return None
    if not all(_is_plain(v, g) for v, g in zip(variables, gradients, strict=True)):
        return None
    places = [optimizer._get_variable_index(variable) for variable in variables]
    return (
        [optimizer._momentums[place] for place in places],
        [optimizer._velocities[place] for place in places],
    )


def _does_more(optimizer):
    asked = ("clipnorm", "clipvalue", "global_clipnorm", "weight_decay")
    asked += ("loss_scale_factor", "gradient_accumulation_steps")
    return (
        optimizer.amsgrad
        or optimizer.use_ema
        or any(getattr(optimizer, name) is not None for name in asked)
    )


def _is_plain(variable, gradient):
    return (
        gradient is not None
        and keras.backend.standardize_dtype(variable.dtype) == "float32"
        and keras.backend.standardize_dtype(gradient.dtype) == "float32"
        and variable.constraint is None
        and not getattr(variable, "overwrite_with_gradient", False)
    )
