"""A network as a file of each format, and how that file is run."""

import contextlib
import io
import json
import logging
from pathlib import Path

import keras

from keras_bvae.files.json_file import plain


def write_onnx(part, path, description):
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
    entry.key, entry.value = "keras_bvae", json.dumps(plain(description))
    onnx.checker.check_model(model)
    onnx.save(model, path)


def load_onnx(part, path):
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


def write_saved_model(part, path, description):
    """Writes a network with a signature `serve`, any batch size.

    Args:
        part: `Part`.
        path: Path of the folder.
        description: not used: the format has no place for it.
    """
    outputs = dict(zip(part.output_names, part.network.outputs, strict=True))
    named = keras.Model(part.network.inputs[0], outputs, name=part.name)
    named.export(path, format="tf_saved_model", verbose=False)


def load_saved_model(part, path):
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


def write_torch(part, path, description):
    """Writes a network whose outputs come as a list, any batch size.

    Args:
        part: `Part`.
        path: Path of the file, ending in `.pt2`.
        description: not used: the format has no place for it.
    """
    import torch

    # Without it PyTorch would fix the batch to one image.
    any_batch = {0: torch.export.Dim("batch")}
    save = torch.export.save

    def save_by_python(program, target, **options):
        content = io.BytesIO()
        save(program, content, **options)
        Path(target).write_bytes(content.getvalue())

    # PyTorch's own writer ends the process where the disk is full.
    with _replaced(torch.export, "save", save_by_python):
        part.network.export(
            path, format="torch", verbose=False, dynamic_shapes=any_batch
        )


@contextlib.contextmanager
def _replaced(module, name, function):
    before = getattr(module, name)
    setattr(module, name, function)
    try:
        yield
    finally:
        setattr(module, name, before)


def load_torch(part, path):
    """The file as a function, array to list of arrays, by PyTorch."""
    import torch

    program = torch.export.load(str(path)).module()

    def run(array):
        with torch.no_grad():
            outputs = program(keras.ops.convert_to_tensor(array))
        outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        return [keras.ops.convert_to_numpy(output) for output in outputs]

    return run


def write_litert(part, path, description):
    """Writes a network with a signature of named inputs and outputs, any batch size.

    Args:
        part: `Part`.
        path: Path of the file, ending in `.tflite`.
        description: not used.
    """
    outputs = dict(zip(part.output_names, part.network.outputs, strict=True))
    named = keras.Model(part.network.inputs[0], outputs, name=part.name)
    named.export(path, format="litert", verbose=False)


def load_litert(part, path):
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


def write_openvino(part, path, description):
    """Writes a network, its inputs and outputs named, any batch size.

    Args:
        part: `Part`.
        path: Path of the file, ending in `.xml`; the weights lie beside it.
        description: not used.
    """
    import openvino

    # Reading maps the weights' file, so that it cannot be written over.
    raw = path.with_name(f"unnamed-{path.name}")
    part.network.export(str(raw), format="openvino", verbose=False)
    model = openvino.Core().read_model(str(raw))
    _name(model.inputs, [part.input_name])
    _name(model.outputs, part.output_names)
    model.reshape({part.input_name: [-1, *part.input_shape]})
    # In half precision the codes would be off by a thousandth.
    openvino.save_model(model, str(path), compress_to_fp16=False)
    del model
    raw.unlink()
    raw.with_suffix(".bin").unlink()


def load_openvino(part, path):
    """The files as a function, array to list of arrays, by OpenVINO on a CPU."""
    import openvino

    # Its default is the processor's fastest precision, bfloat16 on some.
    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = openvino.Core().compile_model(str(path), "CPU", exact)

    def run(array):
        outputs = compiled({part.input_name: array})
        return [outputs[name] for name in part.output_names]

    return run


def _name(ports, names):
    for port, name in zip(ports, names, strict=True):
        port.get_tensor().set_names({name})
