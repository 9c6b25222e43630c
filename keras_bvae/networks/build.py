"""The networks by name, the papers' and our own: a name in, encoder and decoder out.

A network is a function below, marked `@_network`, that returns both.
"""

import math
from collections.abc import Iterable
from functools import partial

import keras
from keras import layers

from keras_bvae.datasets.condition import as_condition
from keras_bvae.datasets.values import AXES, KINDS, kind_of
from keras_bvae.errors import InvalidValue
from keras_bvae.networks.convolutional import (
    convolutional_decoder,
    convolutional_encoder,
    halved,
    joined,
    posterior_head,
    require_halvable,
)
from keras_bvae.networks.of_numbers import (
    dense_networks,
    require_long_enough,
)
from keras_bvae.rules import is_whole, require_one_of, require_whole

NETWORKS = {}
"""The functions by name."""

_KINDS = {}
# What is taken where nothing is said.
_USUAL = {"table": "mlp", "series": "conv1d", "images": "conv", "volumes": "conv3d"}
_SHORTEST = 8


def network_for(shape):
    """The network that suits data of a shape: ours for each kind, or a dense one.

    Args:
        shape: of one example.

    Returns:
        str, one of `NETWORKS`.

    Raises:
        ValueError: it has no axis, or more than four.
    """
    kind = kind_of(shape)
    is_short = kind != "table" and min(shape[:-1]) < _SHORTEST
    return "mlp" if is_short else _USUAL[kind]


def build(name, image_shape=(64, 64, 1), latent_dim=None, condition=None):
    """Builds an encoder and a decoder: a paper's, or one of ours.

    Ours are `conv` for images, `mlp` for anything, `conv1d` for series and `conv3d` for
    volumes.

    Args:
        name: one of `NETWORKS`.
        image_shape: `(height, width, channels)`; channels 1, 3 or 4. Any size for the
            dense networks, and from 8 pixels on for `conv`; for the papers'
            convolutional ones the size must halve evenly. For `mlp` any shape of 1 to 4
            axes, for `conv1d` `(time, channels)`, for `conv3d` `(depth, height, width,
            channels)`.
        latent_dim: int >= 1; None: the network's own (10, or 32 for
            higgins2017_conv).
        condition: None, or numbers of classes as a model takes them, `(10,)`: both
            networks then take one-hot vectors `(batch, sum of them)` as a second
            input. In the encoder it joins the features where they are flattened, in
            the decoder the codes. The papers have no such form; it is ours.

    Returns:
        Two `keras.Model`s. The encoder maps float images in [0, 1], shape
        `(batch, *image_shape)`, to a list `[mean, log_variance]`, each
        `(batch, latent_dim)`. The decoder maps codes `(batch, latent_dim)` to
        `(batch, *image_shape)`: logits for a Bernoulli likelihood, means for a
        Gaussian one; it has no final activation.

    Raises:
        ValueError: the name, the image shape or latent_dim is not a valid one.
    """
    require_one_of("A network", name, NETWORKS)
    _require_shape(name, image_shape)
    image_shape = tuple(map(int, image_shape))
    advice = "The papers use 10 or 32."
    require_whole("latent_dim", latent_dim, least=1, advice=advice, optional=True)
    arguments = {} if latent_dim is None else {"latent_dim": int(latent_dim)}
    if condition is not None:
        arguments["condition"] = sum(as_condition(condition).values())
    return NETWORKS[name](image_shape, **arguments)


def _network(function, kinds=("images",)):
    """Enters a network in the table under its function's name."""
    NETWORKS[function.__name__] = function
    _KINDS[function.__name__] = kinds
    return function


def _require_shape(name, shape):
    """Raises unless `shape` is one that the network takes.

    Raises:
        ValueError: it is not.
    """
    is_shape = isinstance(shape, Iterable) and not isinstance(shape, str)
    sides = tuple(shape) if is_shape else ()
    are_whole = bool(sides) and all(is_whole(side, least=1) for side in sides)
    kind = KINDS.get(len(sides)) if are_whole else None
    has_colors = kind != "images" or sides[-1] in (1, 3, 4) or name == "mlp"
    if kind in _KINDS[name] and has_colors:
        return
    if name == "mlp" and are_whole:
        kind_of(sides)
    shown = sides if is_shape else shape
    if kind not in (None, "images") and "images" in _KINDS[name]:
        raise InvalidValue(
            f"The {name} network takes images; received {kind} of the shape {shown!r}. "
            f"Use {network_for(sides)}."
        )
    if "images" not in _KINDS[name]:
        advice = f"Use {network_for(sides)}." if kind else "Put the channels last."
        raise InvalidValue(
            f"The {name} network takes {_KINDS[name][0]}, {AXES[_KINDS[name][0]]}; "
            f"received the shape {shown!r} of one example. {advice}"
        )
    raise InvalidValue(
        "`image_shape` must be (height, width, channels) with 1, 3 or 4 channels; "
        f"received image_shape={shown!r}. Put the channels last."
    )


@_network
def higgins2017(image_shape, latent_dim=10, condition=0):
    """Encoder 1200-1200 ReLU, decoder 1200-1200-1200 tanh.

    Args:
        image_shape: `(height, width, channels)`, any size.
        latent_dim: int.
        condition: int, width of the second input; 0: none.

    Returns:
        Encoder and decoder, see `keras_bvae.networks.build`.

    Source: Higgins et al. 2017 (ICLR), appendix A.1, table of architectures, dSprites.
    """
    images = keras.Input(image_shape, name="images")
    x = layers.Flatten(name="flatten")(images)
    x, inputs = joined(x, images, condition)
    for index in (1, 2):
        x = layers.Dense(1200, activation="relu", name=f"dense{index}")(x)
    encoder = keras.Model(inputs, posterior_head(x, latent_dim), name="encoder")

    codes = keras.Input((latent_dim,), name="codes")
    x, inputs = joined(codes, codes, condition)
    for index in (1, 2, 3):
        x = layers.Dense(1200, activation="tanh", name=f"dense{index}")(x)
    x = layers.Dense(math.prod(image_shape), name="pixels")(x)
    x = layers.Reshape(image_shape, name="reshape")(x)
    return encoder, keras.Model(inputs, x, name="decoder")


@_network
def higgins2017_conv(image_shape, latent_dim=32, condition=0):
    """Convolutions of 32, 32, 64, 64 filters (4×4, stride 2), dense 256, mirrored.

    Args:
        image_shape: `(height, width, channels)`, sides multiples of 16.
        latent_dim: int.
        condition: int, width of the second input; 0: none.

    Returns:
        Encoder and decoder, see `keras_bvae.networks.build`.

    Raises:
        ValueError: the sides are not multiples of 16.

    Source: Higgins et al. 2017 (ICLR), appendix A.1, chairs, faces and CelebA.
    """
    require_halvable("higgins2017_conv", image_shape, 4)
    filters, kernels = (32, 32, 64, 64), (4, 4, 4, 4)
    return (
        convolutional_encoder(
            image_shape, latent_dim, filters, kernels, (256,), condition
        ),
        convolutional_decoder(
            image_shape, latent_dim, filters[::-1], (256,), condition
        ),
    )


_SMALLEST_MAP = 4  # convolutions halve the image until the map is 4×4


@_network
def burgess2018(image_shape, latent_dim=10, condition=0):
    """Four convolutions of 32 filters (4×4, stride 2), two dense layers of 256.

    The decoder mirrors it. Images of 32×32 get three convolutions, of 128×128 five:
    the map before the dense layers is always 4 wide, as in the paper.

    Args:
        image_shape: `(height, width, channels)`, each side 4 · 2ⁿ, n >= 1.
        latent_dim: int.
        condition: int, width of the second input; 0: none.

    Returns:
        Encoder and decoder, see `keras_bvae.networks.build`.

    Raises:
        ValueError: the sides do not halve evenly.

    Source: Burgess et al. 2018 (arXiv:1804.03599), appendix A.
    """
    depth = max(1, round(math.log2(max(min(image_shape[:2]) / _SMALLEST_MAP, 1))))
    require_halvable("burgess2018", image_shape, depth)
    filters, dense = (32,) * depth, (256, 256)
    return (
        convolutional_encoder(
            image_shape, latent_dim, filters, (4,) * depth, dense, condition
        ),
        convolutional_decoder(image_shape, latent_dim, filters, dense, condition),
    )


@_network
def locatello2019(image_shape, latent_dim=10, condition=0):
    """Convolutions of 32, 32 (4×4) and 64, 64 (2×2) filters, stride 2, dense 256.

    The paper's table says 4×4 throughout; the code that made its results uses 2×2 in
    the last two convolutions of the encoder, and so does this. The decoder is dense
    256, then transposed convolutions of 64, 32, 32 filters, all 4×4.

    Args:
        image_shape: `(height, width, channels)`, sides multiples of 16.
        latent_dim: int.
        condition: int, width of the second input; 0: none.

    Returns:
        Encoder and decoder, see `keras_bvae.networks.build`.

    Raises:
        ValueError: the sides are not multiples of 16.

    Source: Locatello et al. 2019 (arXiv:1811.12359), appendix, and
        disentanglement_lib, `conv_encoder` and `deconv_decoder`.
    """
    require_halvable("locatello2019", image_shape, 4)
    filters, kernels = (32, 32, 64, 64), (4, 4, 2, 2)
    return (
        convolutional_encoder(
            image_shape, latent_dim, filters, kernels, (256,), condition
        ),
        convolutional_decoder(
            image_shape, latent_dim, filters[::-1], (256,), condition
        ),
    )


_SMALLEST_SIDE = 8
_LARGEST_MAP = 7  # the shorter side is halved until it is 4 to 7
_FILTERS = (32, 32, 64, 64, 128, 128)


@_network
def conv(image_shape, latent_dim=10, condition=0):
    """Convolutions (4×4, stride 2) until the map is 4 to 7 wide, dense 256, mirrored.

    Their number follows the size, and filters grow with it: 32, 32, 64, 64, 128, 128,
    and 128 from then on. Odd sides are halved upwards, and the decoder cuts off the
    row or column too many.

    | side | map | filters | parameters, grey, 10 latents |
    |---|---|---|---|
    | 28 | 7 | 32, 32 | 846,485 |
    | 32 | 4 | 32, 32, 64 | 633,045 |
    | 64 | 4 | 32, 32, 64, 64 | 764,245 |
    | 128 | 4 | 32, 32, 64, 64, 128 | 1,551,893 |
    | 256 | 4 | 32, 32, 64, 64, 128, 128 | 2,076,437 |

    No paper has this network: at 64 pixels it is that of Higgins et al. 2017 for
    photographs, `higgins2017_conv`, with 10 latents; other sizes follow the same rule.

    Args:
        image_shape: `(height, width, channels)`, each side 8 or more.
        latent_dim: int.
        condition: int, width of the second input; 0: none.

    Returns:
        Encoder and decoder, see `keras_bvae.networks.build`.

    Raises:
        ValueError: a side is shorter than 8.
    """
    if min(image_shape[:2]) < _SMALLEST_SIDE:
        raise InvalidValue(
            f"The conv network takes images of {_SMALLEST_SIDE} pixels or more a side; "
            f"received image_shape={tuple(image_shape)}. Enlarge the images, or use "
            "the dense network higgins2017."
        )
    return _halving_networks(image_shape, latent_dim, condition)


@partial(_network, kinds=tuple(KINDS.values()))
def mlp(shape, latent_dim=10, condition=0):
    """Two hidden layers with ReLU, mirrored; for data of any kind.

    Layers are 4 times as wide as the data, at the power of two above, within 64 to
    1,024: 64 for 13 columns, 1,024 for 300. No paper has it.

    Args:
        shape: of one example.
        latent_dim: int.
        condition: int, width of the second input; 0: none.

    Returns:
        Encoder and decoder, see `keras_bvae.networks.build`.
    """
    return dense_networks(shape, latent_dim, condition)


@partial(_network, kinds=("series",))
def conv1d(shape, latent_dim=10, condition=0):
    """Convolutions over time (4, stride 2) until 4 to 7 moments, dense 256, mirrored.

    Filters grow as in `conv`. No paper has it.

    Args:
        shape: `(time, channels)`, 8 moments or more.
        latent_dim: int.
        condition: int, width of the second input; 0: none.

    Returns:
        Encoder and decoder, see `keras_bvae.networks.build`.

    Raises:
        ValueError: there are fewer.
    """
    require_long_enough("conv1d", shape)
    return _halving_networks(shape, latent_dim, condition)


@partial(_network, kinds=("volumes",))
def conv3d(shape, latent_dim=10, condition=0):
    """Convolutions (4×4×4, stride 2) until the map is 4 to 7 wide, dense 256, mirrored.

    Filters grow as in `conv`. No paper has it.

    Args:
        shape: `(depth, height, width, channels)`, each side 8 or more.
        latent_dim: int.
        condition: int, width of the second input; 0: none.

    Returns:
        Encoder and decoder, see `keras_bvae.networks.build`.

    Raises:
        ValueError: a side is shorter.
    """
    require_long_enough("conv3d", shape)
    return _halving_networks(shape, latent_dim, condition)


def _halving_networks(shape, latent_dim, condition):
    """Encoder and decoder by the rule of `conv`, over one, two or three axes."""
    depth = _depth(min(shape[:-1]))
    filters = tuple(_FILTERS[min(i, len(_FILTERS) - 1)] for i in range(depth))
    return (
        convolutional_encoder(
            shape, latent_dim, filters, (4,) * depth, (256,), condition
        ),
        convolutional_decoder(shape, latent_dim, filters[::-1], (256,), condition),
    )


def _depth(side):
    """How often a side is halved until it is `_LARGEST_MAP` or less."""
    depth = 0
    while side > _LARGEST_MAP:
        side, depth = halved(side), depth + 1
    return depth
