"""LiteRT, formerly TensorFlow Lite: one file a network, for phones and boards."""

import keras

RUNTIMES = ("ai_edge_litert", "tensorflow")


def write(part, path, description):
    """Writes a network with a signature of named inputs and outputs, any batch size.

    Args:
        part: `Part`.
        path: Path of the file, ending in `.tflite`.
        description: not used.
    """
    outputs = dict(zip(part.output_names, part.network.outputs, strict=True))
    named = keras.Model(part.network.inputs[0], outputs, name=part.name)
    named.export(path, format="litert", verbose=False)


def load(part, path):
    """The file as a function, array to list of arrays, by LiteRT's interpreter."""
    run = _interpreter()(str(path)).get_signature_runner()

    def outputs_of(array):
        outputs = run(**{part.input_name: array})
        return [outputs[name] for name in part.output_names]

    return outputs_of


def _interpreter():
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ModuleNotFoundError:
        import tensorflow

        return tensorflow.lite.Interpreter
    return Interpreter
