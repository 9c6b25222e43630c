"""How others name and size the layers of two published networks in PyTorch.

Source: github.com/YannDubs/disentangling-vae, `disvae/models`, and
github.com/1Konny/Beta-VAE, `model.py`: `BetaVAE_B` (Burgess et al. 2018) and
`BetaVAE_H` (Higgins et al. 2017), modules in a row that have numbers for names.
"""

import itertools
from typing import NamedTuple

from keras_bvae.errors import InvalidValue

# What wrappers put into every name: DataParallel, torch.compile, FSDP.
_WRAPPERS = ("module", "_orig_mod", "_fsdp_wrapped_module")
_PARTS = ("encoder", "decoder")
_MOST_CONVOLUTIONS = 6
# So many names are repeated in a sentence.
_MOST_NAMES = 4
_FILTERS, _DENSE, _MAP = 32, 256, 4


class Layout(NamedTuple):
    """A network's layers in forward order.

    Attributes:
        network: name of the network that it is, of `keras_bvae.networks`.
        encoder, decoder: tuples of str, the layers' names.
        depth: int, how often the image is halved; its side is 4 · 2ᵈᵉᵖᵗʰ.
        is_interleaved: bool, whether the encoder's last layer gives mean and log
            variance in turn, or first all means.
    """

    network: str
    encoder: tuple
    decoder: tuple
    depth: int
    is_interleaved: bool

    @property
    def keys(self):
        """The names of all arrays."""
        return [f"{n}.{kind}" for n in self.layers for kind in ("weight", "bias")]

    @property
    def layers(self):
        return (*self.encoder, *self.decoder)

    def shapes(self, channels, latent_dim):
        """Each array's shape as PyTorch has it, by its name."""
        make = _burgess_shapes if self.network == "burgess2018" else _higgins_shapes
        encoder, decoder = make(self.depth, channels, latent_dim)
        shapes = {}
        for name, shape in zip(self.encoder, encoder, strict=True):
            shapes[f"{name}.weight"], shapes[f"{name}.bias"] = shape, shape[:1]
        for name, shape in zip(self.decoder, decoder, strict=True):
            outputs = shape[1:2] if len(shape) == 4 else shape[:1]
            shapes[f"{name}.weight"], shapes[f"{name}.bias"] = shape, outputs
        return shapes


def _burgess_shapes(depth, channels, latent_dim):
    flat, dense = _FILTERS * _MAP**2, (_DENSE, _DENSE)
    square = (_FILTERS, _FILTERS, 4, 4)
    down = [(_FILTERS, channels, 4, 4), *[square] * (depth - 1)]
    up = [*[square] * (depth - 1), (_FILTERS, channels, 4, 4)]
    return (
        [*down, (_DENSE, flat), dense, (2 * latent_dim, _DENSE)],
        [(_DENSE, latent_dim), dense, (flat, _DENSE), *up],
    )


def _higgins_shapes(depth, channels, latent_dim):
    """The map of 4×4 goes through a convolution, which is a dense layer of it."""
    counts = (channels, 32, 32, 64, 64, _DENSE)
    # Either way PyTorch has the channels of the larger map second.
    shapes = [(after, before, 4, 4) for before, after in itertools.pairwise(counts)]
    return [*shapes, (2 * latent_dim, _DENSE)], [(_DENSE, latent_dim), *shapes[::-1]]


def _named(depth, has_64):
    numbers = range(1, depth + 1 - has_64)
    down = [f"encoder.conv{n}" for n in numbers] + ["encoder.conv_64"] * has_64
    up = ["decoder.convT_64"] * has_64 + [f"decoder.convT{n}" for n in numbers]
    return Layout(
        "burgess2018",
        (*down, "encoder.lin1", "encoder.lin2", "encoder.mu_logvar_gen"),
        ("decoder.lin1", "decoder.lin2", "decoder.lin3", *up),
        depth,
        is_interleaved=True,
    )


def _numbered(network, encoder, decoder):
    encoder = tuple(f"encoder.{number}" for number in encoder)
    decoder = tuple(f"decoder.{number}" for number in decoder)
    return Layout(network, encoder, decoder, 4, is_interleaved=False)


LAYOUTS = (
    _named(4, has_64=True),
    *(_named(depth, has_64=False) for depth in range(1, _MOST_CONVOLUTIONS + 1)),
    _numbered("burgess2018", (0, 2, 4, 6, 9, 11, 13), (0, 2, 4, 7, 9, 11, 13)),
    _numbered("higgins2017_conv", (0, 2, 4, 6, 8, 11), (0, 3, 5, 7, 9, 11)),
)


def find_network(tensors):
    """The one network in what `read_tensors` gave, however it is wrapped.

    Args:
        tensors: dict of arrays, or of dicts of them.

    Returns:
        `Layout`, and the arrays by the layout's names.

    Raises:
        InvalidValue: there is none, or there are two; the sentence says what is wrong
            with what comes nearest.
    """
    found, reasons = [], []
    _search(tensors, "", found, reasons)
    if len(found) == 1:
        return found[0][1:]
    if found:
        places = ", ".join(repr(place) for place, *_ in found)
        raise InvalidValue(f"it holds {len(found)} networks, {places}")
    _, reason = min(reasons, default=(0, "it holds no tensors"))
    raise InvalidValue(reason)


def _search(node, place, found, reasons):
    """A dict that is a network as a whole is looked at no further."""
    arrays = dict(_flat(node, ""))
    arrays = {name: array for name, array in arrays.items() if array is not None}
    if arrays:
        try:
            found.append((place, *_fitted(arrays)))
            return
        except _UnlikeError as error:
            reasons.append((error.distance, str(error)))
    for name, item in node.items():
        if isinstance(item, dict):
            _search(item, f"{place}.{name}" if place else name, found, reasons)


class _UnlikeError(Exception):
    """These arrays are no network that is known; the text says why.

    Attributes:
        distance: how many names are too many or too few.
    """

    def __init__(self, distance, text):
        super().__init__(text)
        self.distance = distance


def _flat(node, prefix):
    for name, item in node.items():
        if isinstance(item, dict):
            yield from _flat(item, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", item


def _fitted(arrays):
    arrays = _without_wrappers(arrays)
    layout = min(LAYOUTS, key=lambda layout: len(set(layout.keys) ^ set(arrays)))
    missing = [name for name in layout.keys if name not in arrays]
    extra = [name for name in arrays if name not in layout.keys]
    for names, what in ((extra, "which the network has not"), (missing, "missing")):
        if names:
            distance = len(missing) + len(extra)
            raise _UnlikeError(distance, f"{_listed(names)}: {what}")
    odd = {name: array for name, array in arrays.items() if isinstance(array, str)}
    for reason in dict.fromkeys(odd.values()):
        names = [name for name in odd if odd[name] == reason]
        raise _UnlikeError(0, f"{_listed(names)}: {reason}")
    _require_shapes(layout, arrays)
    return layout, arrays


def _without_wrappers(arrays):
    """The names without what wrappers and outer modules put before them."""
    plain = {}
    for name, array in arrays.items():
        short = ".".join(part for part in name.split(".") if part not in _WRAPPERS)
        if short in plain:
            raise _UnlikeError(1, f"{short!r}: there twice")
        plain[short] = array
    while True:
        heads = {name.partition(".")[0] for name in plain}
        if len(heads) > 1 or heads & {*_PARTS, ""} or not all("." in n for n in plain):
            return plain
        plain = {name.partition(".")[2]: array for name, array in plain.items()}


def _require_shapes(layout, arrays):
    first = arrays[f"{layout.encoder[0]}.weight"].shape
    codes = arrays[f"{layout.decoder[0]}.weight"].shape
    channels = first[1] if len(first) == 4 else 0
    latent_dim = codes[1] if len(codes) == 2 else 0
    if channels not in (1, 3) or latent_dim < 1:
        raise _UnlikeError(0, f"images of {channels} channels, {latent_dim} latents")
    for name, shape in layout.shapes(channels, latent_dim).items():
        if arrays[name].shape != shape:
            received = "×".join(map(str, arrays[name].shape)) or "none"
            wanted = "×".join(map(str, shape))
            raise _UnlikeError(0, f"{name!r}: its shape is {received}, not {wanted}")


def _listed(names):
    shown = ", ".join(repr(name) for name in names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown
