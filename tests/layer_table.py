"""A network as a paper's table would print it."""


def layer_table(network):
    """(kind, size, kernel, stride, activation) of each layer with weights."""
    rows = []
    for layer in network.layers:
        if not layer.weights:
            continue
        size = getattr(layer, "units", None) or layer.filters
        kernel = getattr(layer, "kernel_size", (None,))[0]
        stride = getattr(layer, "strides", (None,))[0]
        rows.append(
            (type(layer).__name__, size, kernel, stride, layer.activation.__name__)
        )
    return rows


def conv(filters, kernel=4):
    return ("Conv2D", filters, kernel, 2, "relu")


def deconv(filters, activation="relu"):
    return ("Conv2DTranspose", filters, 4, 2, activation)


def dense(units, activation="relu"):
    return ("Dense", units, None, None, activation)


def head(latent_dim):
    return [dense(latent_dim, "linear")] * 2
