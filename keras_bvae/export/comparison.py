"""Whether an exported file computes what Keras computes."""

import numpy as np

BATCHES = (1, 5)
TOLERANCE = 1e-4


class ExportDiffers(RuntimeError):
    """An exported file computes other numbers than Keras."""


def largest_difference(part, run):
    """The largest difference between a file and Keras, over all outputs and batches.

    Args:
        part: `Part`.
        run: function, array to list of arrays in the order of `part.output_names`.

    Returns:
        float.

    Raises:
        ExportDiffers: it is above 1e-4, or for outputs above 1 above 1e-4 of the
            largest; or the shapes differ.
    """
    inputs, largest = _inputs(part), 0.0
    for count in BATCHES:
        ours, theirs = part.outputs_of(inputs[:count]), run(inputs[:count])
        for name, expected, received in zip(
            part.output_names, ours, theirs, strict=True
        ):
            _require_same_shape(part, name, expected.shape, received.shape)
            difference = float(np.abs(expected - received).max())
            if not difference <= TOLERANCE * max(1.0, float(np.abs(expected).max())):
                raise ExportDiffers(
                    f"An exported {part.name} must compute what Keras does; its {name} "
                    f"differs by {difference:.1e} on {count} inputs, so nothing was "
                    "written. Try --format onnx, or another --backend."
                )
            largest = max(largest, difference)
    return largest


def _inputs(part):
    """Images uniform in [0, 1], or codes from the prior."""
    rng = np.random.default_rng(0)
    shape = (max(BATCHES), *part.input_shape)
    values = (
        rng.random(shape) if part.input_name == "images" else rng.normal(size=shape)
    )
    return values.astype("float32")


def _require_same_shape(part, name, expected, received):
    if tuple(expected) != tuple(received):
        raise ExportDiffers(
            f"An exported {part.name} must compute what Keras does; its {name} has "
            f"shape {tuple(received)} instead of {tuple(expected)}, so nothing was "
            "written. Try --format onnx, or another --backend."
        )
