"""Converts networks that others trained in PyTorch: see `pytorch_layouts` for which.

PyTorch has channels first, Keras here last; both halve an image alike.
"""

import numpy as np

from keras_bvae.errors import InvalidValue
from keras_bvae.models.beta_vae import BetaVAE
from keras_bvae.models.pytorch_file import read_tensors
from keras_bvae.models.pytorch_layouts import find_network
from keras_bvae.networks.build import build

_MAP = 4  # width and height of the smallest map
_WANTED = (
    "A published checkpoint must hold a Burgess or Higgins network as "
    "YannDubs/disentangling-vae or 1Konny/Beta-VAE have it"
)


def from_pytorch(path, beta=1.0, seed=None):
    """A `BetaVAE` with the weights of a published PyTorch checkpoint.

    The weights may lie in dicts, as `{"state_dict": …}`, and have what DataParallel,
    torch.compile, Lightning or an outer module put before their names.

    Args:
        path: file that `torch.save` wrote of a model's `state_dict()`, or a
            `.safetensors`. Nothing in it is executed.
        beta: float >= 0, kept with the model; it does not change the weights.
        seed: int or None, for the posterior's noise.

    Returns:
        `BetaVAE` on the `burgess2018` or the `higgins2017_conv` network, Bernoulli
        likelihood, not compiled. Its encodings and logits are those of the PyTorch
        model.

    Raises:
        FileNotFoundError: there is no such file.
        ModuleNotFoundError: PyTorch is not installed.
        ValueError: the file is truncated, too large, or holds another network, or
            values that are no finite real numbers.

    Source: Burgess et al. 2018 (arXiv:1804.03599), appendix A; Higgins et al. 2017.
    """
    tensors = read_tensors(path)
    try:
        layout, weights = find_network(tensors)
    except InvalidValue as error:
        raise InvalidValue(
            f"{_WANTED}; {str(path)!r} does not fit it ({error}). "
            "Convert other networks in a script: build the encoder and decoder in "
            "Keras and call set_weights."
        ) from error
    side = _MAP * 2**layout.depth
    channels = weights[f"{layout.encoder[0]}.weight"].shape[1]
    latent_dim = weights[f"{layout.decoder[0]}.weight"].shape[1]
    encoder, decoder = build(layout.network, (side, side, channels), latent_dim)
    _fill_encoder(encoder, layout, weights)
    _fill_decoder(decoder, layout, weights)
    return BetaVAE(encoder, decoder, beta=beta, seed=seed)


def _fill_encoder(encoder, layout, weights):
    *names, head = layout.encoder
    for index, name in enumerate(names[: layout.depth], 1):
        kernel, bias = _pair(weights, name)
        # Keras wants (height, width, in, out), PyTorch has (out, in, height, width).
        _set(encoder, f"conv{index}", kernel.transpose(2, 3, 1, 0), bias)
    for index, name in enumerate(names[layout.depth :], 1):
        kernel, bias = _pair(weights, name)
        if index == 1:
            # PyTorch flattens (channel, row, column), Keras (row, column, channel).
            kernel = kernel.reshape(len(kernel), -1, _MAP, _MAP).transpose(0, 2, 3, 1)
        _set(encoder, f"dense{index}", kernel.reshape(len(kernel), -1).T, bias)
    kernel, bias = _pair(weights, head)
    count = len(bias) // 2
    mean, log_variance = slice(0, count), slice(count, None)
    if layout.is_interleaved:
        mean, log_variance = slice(0, None, 2), slice(1, None, 2)
    _set(encoder, "mean", kernel[mean].T, bias[mean])
    _set(encoder, "log_variance", kernel[log_variance].T, bias[log_variance])


def _fill_decoder(decoder, layout, weights):
    dense, up = layout.decoder[: -layout.depth], layout.decoder[-layout.depth :]
    for index, name in enumerate(dense[:-1], 1):
        kernel, bias = _pair(weights, name)
        _set(decoder, f"dense{index}", kernel.T, bias)
    _set(decoder, f"dense{len(dense)}", *_to_the_map(*_pair(weights, dense[-1])))
    for index, name in enumerate(up, 1):
        kernel, bias = _pair(weights, name)
        # Both frameworks define the layer as a convolution's gradient: no flip, and
        # (in, out, height, width) becomes (height, width, out, in).
        _set(decoder, f"deconv{index}", kernel.transpose(2, 3, 1, 0), bias)


def _to_the_map(kernel, bias):
    """What makes the smallest map, as a dense layer in Keras's order.

    In PyTorch it is a dense layer, or a transposed convolution of a single pixel.
    """
    if kernel.ndim == 4:
        kernel = kernel.transpose(0, 2, 3, 1)
        return kernel.reshape(len(kernel), -1), np.tile(bias, _MAP**2)
    order = np.arange(len(bias)).reshape(-1, _MAP, _MAP).transpose(1, 2, 0).ravel()
    return kernel.T[:, order], bias[order]


def _pair(weights, name):
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


def _set(network, layer, kernel, bias):
    network.get_layer(layer).set_weights([kernel, bias])
