"""PyTorch's exported program: one `.pt2` file a network, for PyTorch without Keras."""

import keras

RUNTIMES = ("torch",)


def write(part, path, description):
    """Writes a network whose outputs come as a list, any batch size.

    Args:
        part: `Part`.
        path: Path of the file, ending in `.pt2`.
        description: not used: the format has no place for it.
    """
    import torch

    # Without it PyTorch would fix the batch to one image.
    any_batch = {0: torch.export.Dim("batch")}
    part.network.export(path, format="torch", verbose=False, dynamic_shapes=any_batch)


def load(part, path):
    """The file as a function, array to list of arrays, by PyTorch."""
    import torch

    program = torch.export.load(str(path)).module()

    def run(array):
        with torch.no_grad():
            outputs = program(keras.ops.convert_to_tensor(array))
        outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        return [keras.ops.convert_to_numpy(output) for output in outputs]

    return run
