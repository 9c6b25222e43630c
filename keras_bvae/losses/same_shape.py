"""The rule that two tensors of a loss term must have one shape."""

from keras_bvae.errors import InvalidValue


def require_same_shape(**tensors):
    """Raises if the named tensors differ in shape; unknown axes match anything.

    Args:
        **tensors: tensors by the name that the error shall show.

    Raises:
        ValueError: the shapes differ.
    """
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    first, *others = shapes.values()
    if all(_agree(first, other) for other in others):
        return
    received = ", ".join(f"{name}.shape={shape}" for name, shape in shapes.items())
    raise InvalidValue(
        f"{' and '.join(f'`{name}`' for name in shapes)} must have the same shape; "
        f"received {received}. Pass tensors of one batch."
    )


def _agree(shape, other):
    return len(shape) == len(other) and all(
        a is None or b is None or a == b for a, b in zip(shape, other, strict=True)
    )
