"""How many steps run between two looks from outside.

A callback that looks after every step makes `fit` take single steps. One that looks
every n steps says so by an attribute `every_steps = n`; None: it is content with any.
"""

import math

import keras

from keras_bvae.engine import engine

# A few steps hide what a dispatch costs a CPU, and Ctrl-C is not to wait for many.
ON_A_CPU, ELSEWHERE = 10, 100

_HOOKS = (
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_batch_begin",
    "on_batch_end",
)
# Keras's own, which only show or note what they are given.
_CONTENT = (
    keras.callbacks.ProgbarLogger,
    keras.callbacks.TensorBoard,
    keras.callbacks.TerminateOnNaN,
)


def steps_at_once(callbacks, steps_per_epoch):
    """The most steps of a dispatch that no callback notices.

    Args:
        callbacks: iterable of Keras callbacks.
        steps_per_epoch: int, where every callback is called at the latest.

    Returns:
        int >= 1, a divisor of `steps_per_epoch` and of what each callback asks for.
    """
    whole = steps_per_epoch
    for callback in callbacks:
        whole = math.gcd(whole, _steps_between_looks(callback))
    most = min(whole, ON_A_CPU if engine.is_on_cpu() else ELSEWHERE)
    return next(count for count in range(most, 0, -1) if whole % count == 0)


def _steps_between_looks(callback):
    """1, 2, …; 0 for a callback that does not care."""
    if hasattr(callback, "every_steps"):
        return callback.every_steps or 0
    if isinstance(callback, _CONTENT) or not _has_step_hooks(callback):
        return 0
    return 1


def _has_step_hooks(callback):
    return any(
        getattr(getattr(callback, hook), "__func__", None)
        is not getattr(keras.callbacks.Callback, hook)
        for hook in _HOOKS
    )
