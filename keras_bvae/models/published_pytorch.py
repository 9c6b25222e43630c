"""Reads the Burgess network from PyTorch checkpoints as others published them.

The layout is that of github.com/YannDubs/disentangling-vae: convolutions channels
first, mean and log variance interleaved in one layer.
"""

from pathlib import Path

import numpy as np

from keras_bvae.errors import InvalidValue, MissingFile, MissingPackage
from keras_bvae.models.beta_vae import BetaVAE
from keras_bvae.networks.build import burgess2018

_DECODER_DENSE = ("decoder.lin1", "decoder.lin2", "decoder.lin3")
_WANTED = (
    "A published checkpoint must be a PyTorch state dict of the Burgess network "
    "(encoder.conv1 … encoder.mu_logvar_gen, decoder.lin1 … decoder.convT3)"
)


def from_pytorch(path, beta=1.0, seed=None):
    """A `BetaVAE` with the weights of a published PyTorch checkpoint.

    Args:
        path: file that `torch.save(model.state_dict(), path)` wrote. It is read with
            `weights_only=True`: nothing in it is executed.
        beta: float >= 0, kept with the model; it does not change the weights.
        seed: int or None, for the posterior's noise.

    Returns:
        `BetaVAE` on the `burgess2018` network, Bernoulli likelihood, not compiled. Its
        encodings and logits are those of the PyTorch model.

    Raises:
        FileNotFoundError: there is no such file.
        ModuleNotFoundError: PyTorch is not installed.
        ValueError: the file is truncated or holds another network.

    Source: Burgess et al. 2018 (arXiv:1804.03599), appendix A.
    """
    weights = _read_state_dict(path)
    try:
        image_shape, latent_dim = _shapes(weights)
        encoder, decoder = burgess2018(image_shape, latent_dim)
        _fill_encoder(encoder, weights)
        _fill_decoder(decoder, weights)
    except (KeyError, IndexError, ValueError) as error:
        raise InvalidValue(
            f"{_WANTED}; {str(path)!r} does not fit it ({error}). "
            "Convert other networks in a script: build the encoder and decoder in "
            "Keras and call set_weights."
        ) from error
    return BetaVAE(encoder, decoder, beta=beta, seed=seed)


def _read_state_dict(path):
    if not Path(path).is_file():
        raise MissingFile(f"{_WANTED}; found no file at {str(path)!r}.")
    try:
        import torch
    except ModuleNotFoundError as error:
        raise MissingPackage(
            "Reading a PyTorch checkpoint needs PyTorch, which is not installed here. "
            "Run `pip install torch`."
        ) from error
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        return {name: tensor.float().numpy() for name, tensor in state.items()}
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
        raise InvalidValue(
            f"{_WANTED}; {str(path)!r} could not be read as one ({reason}). "
            "Copy it again, or save the model's state_dict() alone."
        ) from error


def _shapes(weights):
    """Image shape and latent_dim, from the sizes of the arrays."""
    depth = len(_convolutions(weights, "encoder.conv"))
    side = 4 * 2**depth
    channels = weights["encoder.conv1.weight"].shape[1]
    return (side, side, channels), weights["decoder.lin1.weight"].shape[1]


def _convolutions(weights, prefix):
    """The names in forward order: the one for 64 pixels is named apart.

    It comes last in the encoder and first in the decoder.
    """
    names = sorted({n.rsplit(".", 1)[0] for n in weights if n.startswith(prefix)})
    extra = [name for name in names if name.endswith("_64")]
    plain = [name for name in names if not name.endswith("_64")]
    return plain + extra if prefix.startswith("encoder") else extra + plain


def _fill_encoder(encoder, weights):
    names = _convolutions(weights, "encoder.conv")
    for index, name in enumerate(names, 1):
        # Keras wants (height, width, in, out), PyTorch has (out, in, height, width).
        kernel = weights[f"{name}.weight"].transpose(2, 3, 1, 0)
        _set(encoder, f"conv{index}", kernel, weights[f"{name}.bias"])
    filters = weights[f"{names[-1]}.weight"].shape[0]
    kernel = weights["encoder.lin1.weight"].T
    # PyTorch flattens (channel, row, column), Keras (row, column, channel).
    kernel = kernel.reshape(filters, 4, 4, -1).transpose(1, 2, 0, 3)
    kernel = kernel.reshape(-1, kernel.shape[-1])
    _set(encoder, "dense1", kernel, weights["encoder.lin1.bias"])
    _set_dense(encoder, "dense2", weights, "encoder.lin2")
    both, bias = (
        weights[f"encoder.mu_logvar_gen.{part}"] for part in ("weight", "bias")
    )
    _set(encoder, "mean", both[0::2].T, bias[0::2])
    _set(encoder, "log_variance", both[1::2].T, bias[1::2])


def _fill_decoder(decoder, weights):
    for index, name in enumerate(_DECODER_DENSE[:2], 1):
        _set_dense(decoder, f"dense{index}", weights, name)
    names = _convolutions(weights, "decoder.convT")
    filters = weights[f"{names[0]}.weight"].shape[0]
    last = _DECODER_DENSE[2]
    order = np.arange(filters * 16).reshape(filters, 4, 4).transpose(1, 2, 0).ravel()
    kernel = weights[f"{last}.weight"].T[:, order]
    _set(decoder, "dense3", kernel, weights[f"{last}.bias"][order])
    for index, name in enumerate(names, 1):
        # Both frameworks define the layer as a convolution's gradient: no flip, and
        # (in, out, height, width) becomes (height, width, out, in).
        kernel = weights[f"{name}.weight"].transpose(2, 3, 1, 0)
        _set(decoder, f"deconv{index}", kernel, weights[f"{name}.bias"])


def _set_dense(network, layer, weights, name):
    _set(network, layer, weights[f"{name}.weight"].T, weights[f"{name}.bias"])


def _set(network, layer, kernel, bias):
    network.get_layer(layer).set_weights([kernel, bias])
