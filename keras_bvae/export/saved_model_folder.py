"""TensorFlow's SavedModel: one folder a network, for TensorFlow and its servers."""

import contextlib
import logging

import keras

RUNTIMES = ("tensorflow",)


def write(part, path, description):
    """Writes a network with a signature `serve`, any batch size.

    Args:
        part: `Part`.
        path: Path of the folder.
        description: not used: the format has no place for it.
    """
    outputs = dict(zip(part.output_names, part.network.outputs, strict=True))
    named = keras.Model(part.network.inputs[0], outputs, name=part.name)
    named.export(path, format="tf_saved_model", verbose=False)


def load(part, path):
    """The folder as a function, array to list of arrays, by TensorFlow."""
    import tensorflow

    with _without_warnings():
        # Held by the function: TensorFlow would let go of it, and of its weights.
        loaded = tensorflow.saved_model.load(str(path))

    def run(array):
        outputs = loaded.serve(tensorflow.constant(array))
        return [outputs[name].numpy() for name in part.output_names]

    return run


@contextlib.contextmanager
def _without_warnings():
    """TensorFlow warns of gradients that JAX's functions lack; nobody asks for them."""
    log = logging.getLogger("absl")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)
