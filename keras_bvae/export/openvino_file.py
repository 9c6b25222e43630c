"""OpenVINO: two files a network, `.xml` and `.bin`, for Intel's processors."""

RUNTIMES = ("openvino",)


def write(part, path, description):
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


def load(part, path):
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
