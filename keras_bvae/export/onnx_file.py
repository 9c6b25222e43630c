"""ONNX: one file a network, for ONNX Runtime and many others."""

import contextlib
import json

RUNTIMES = ("onnxruntime",)


def write(part, path, description):
    """Writes a network, its inputs and outputs named, any batch size.

    Args:
        part: `Part`.
        path: Path of the file, ending in `.onnx`.
        description: dict that JSON can hold; noted in the file as `keras_bvae`.
    """
    with _frozen(part.network):
        part.network.export(path, format="onnx", verbose=False)
    import onnx

    model = onnx.load(path)
    _name_outputs(model.graph, part.output_names)
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "batch"
    entry = model.metadata_props.add()
    entry.key, entry.value = "keras_bvae", json.dumps(description)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def load(part, path):
    """The file as a function, array to list of arrays, by ONNX Runtime on a CPU."""
    import onnxruntime

    session = onnxruntime.InferenceSession(
        str(path), providers=["CPUExecutionProvider"]
    )
    names = list(part.output_names)
    return lambda array: session.run(names, {part.input_name: array})


@contextlib.contextmanager
def _frozen(network):
    """Keras on PyTorch finds weights by name, and two networks in one share names.

    PyTorch takes those it does not know as constants, if they want no gradient.
    """
    trainable = [variable for variable in network.variables if variable.trainable]
    for variable in trainable:
        variable.trainable = False
    try:
        yield
    finally:
        for variable in trainable:
            variable.trainable = True


def _name_outputs(graph, names):
    """Each backend's converter makes names of its own; ours come behind them."""
    from onnx import helper

    for output, name in zip(graph.output, names, strict=True):
        graph.node.append(helper.make_node("Identity", [output.name], [name]))
        output.name = name
