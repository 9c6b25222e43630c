"""The trainings that are compared: ours, plain Keras, and loops written by hand.

Each is a class that is made with a `Workload` and trains so many steps with
`run(steps)`, which returns a `Timing` once the device has done them all.
"""

import importlib
from typing import NamedTuple

FOLDER = "keras_bvae.benchmark.contestants"


class Contestant(NamedTuple):
    """How a contestant is called and made.

    Attributes:
        label: str, for tables.
        place: module and class.
        is_compiled: bool, whether the framework's compiler works on it, which takes
            long: `--no-compiled` leaves it out. The class is told `compiled=True`.
    """

    label: str
    place: tuple
    is_compiled: bool = False

    def make(self, workload):
        """The contestant, ready to run."""
        module, name = self.place
        made = getattr(importlib.import_module(f"{FOLDER}.{module}"), name)
        return made(workload, compiled=True) if self.is_compiled else made(workload)


# Ours comes first; every other one is a ratio to it.
_ON_EVERY_BACKEND = {
    "ours": Contestant("keras_bvae fit", ("keras_fit", "Ours")),
    "keras_fit": Contestant("plain Keras fit", ("keras_fit", "KerasFit")),
}
_TORCH, _TENSORFLOW = (
    ("pytorch_loop", "PyTorchLoop"),
    ("tensorflow_loop", "TensorFlowLoop"),
)
_BY_BACKEND = {
    "jax": {"jax_loop": Contestant("JAX loop", ("jax_loop", "JaxLoop"))},
    "tensorflow": {
        "tensorflow_loop": Contestant("tf.function loop", _TENSORFLOW),
        "tensorflow_loop_compiled": Contestant(
            "tf.function loop, XLA", _TENSORFLOW, True
        ),
    },
    "torch": {
        "pytorch_loop": Contestant("PyTorch loop, eager", _TORCH),
        "pytorch_loop_compiled": Contestant("PyTorch loop, compiled", _TORCH, True),
    },
}


def contestants_of(backend, compiled=True):
    """The contestants that a backend's process runs.

    Args:
        backend: "jax", "tensorflow" or "torch".
        compiled: bool; False: without those that a compiler works on for long.

    Returns:
        dict, `Contestant` by name, ours first.
    """
    everyone = {**_ON_EVERY_BACKEND, **_BY_BACKEND[backend]}
    return {n: c for n, c in everyone.items() if compiled or not c.is_compiled}
