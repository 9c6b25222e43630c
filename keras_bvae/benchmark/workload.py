"""What every contestant is given: the same images, networks, weights and settings."""

from typing import Any, NamedTuple

import numpy as np

from keras_bvae import datasets
from keras_bvae.benchmark.layer_list import layer_list
from keras_bvae.datasets.dataset import Dataset
from keras_bvae.datasets.factors import FactorTable
from keras_bvae.datasets.sprites.packed_images import PackedDataset
from keras_bvae.datasets.values import name_of_many
from keras_bvae.errors import InvalidValue
from keras_bvae.rules import require_whole, shown
from keras_bvae.runs.run import build_model
from keras_bvae.runs.settings import Settings

BETA = 4.0
LEARNING_RATE = 1e-4
# Keras' defaults, which the hand-written Adams have to know.
ADAM_BETAS = (0.9, 0.999)
ADAM_EPSILON = 1e-7


class Workload(NamedTuple):
    """One training, described once for all contestants.

    Attributes:
        settings: `Settings` of the run that is timed.
        dataset: `Dataset` of a sample of images.
        images: uint8 array, `(count, height, width, channels)`: the same images.
        model: the compiled `BetaVAE`, as `kbvae train` makes it.
        layers: `LayerList` of its networks with its initial weights.
    """

    settings: Settings
    dataset: Dataset
    images: np.ndarray
    model: Any
    layers: Any


class Timing(NamedTuple):
    """What one run of a contestant came to.

    Attributes:
        steps: int, the steps that were timed.
        seconds: float, wall-clock time until the last of them was done.
        loss: float, of the last step, or of the last epoch, in nats an image.
    """

    steps: int
    seconds: float
    loss: float


def make_workload(
    network="burgess2018",
    batch_size=64,
    precision="float32",
    data="dsprites",
    images=4096,
    size=None,
    channels=None,
    latent_dim=None,
    seed=0,
):
    """Draws the sample and builds the model.

    Args:
        network: one of `keras_bvae.networks.NETWORKS`.
        batch_size: int, images in a batch.
        precision: one of `keras_bvae.runs.settings.PRECISIONS`.
        data: name of a data set, see `keras_bvae.datasets.load`.
        images: int, size of the sample; rounded down to whole batches.
        size: int, side to which the images are brought, by their nearest pixels; None:
            as they are.
        channels: 1, 3 or 4, to which they are brought; None: as they are.
        latent_dim: int; None: the network's own.
        seed: int, for the sample, the initial weights and the posterior's noise.

    Returns:
        `Workload`.

    Raises:
        ValueError: a setting breaks its rule, or the images do not fill a batch.
        OSError: the data cannot be read.
    """
    require_whole("images", images, least=1, advice="4096 is the default.")
    require_whole("size", size, least=8, advice="64, say.", optional=True)
    if channels not in (None, 1, 3, 4):
        raise InvalidValue(
            f"Images have 1, 3 or 4 channels; received channels={shown(channels)}. "
            "Use 3 for colour."
        )
    settings = Settings(
        data=data,
        network=network,
        objective="beta_vae",
        beta=BETA,
        learning_rate=LEARNING_RATE,
        latent_dim=latent_dim,
        batch_size=batch_size,
        precision=precision,
        seed=seed,
    )
    whole = datasets.load(data)
    if whole.kind != "images":
        raise InvalidValue(
            f"A benchmark trains on images; received {whole.name}, which holds "
            f"{name_of_many(whole)}. The report of a run says how many "
            f"{name_of_many(whole)} a second it took."
        )
    count = min(images, len(whole)) // batch_size * batch_size
    if count < 1:
        raise InvalidValue(
            "A benchmark needs a sample of at least one batch; received "
            f"batch_size={batch_size} for {min(images, len(whole)):,} images of "
            f"{data}. Use a smaller --batch-size, or more --images."
        )
    chosen = np.random.default_rng(seed).choice(len(whole), count, replace=False)
    drawn = whole.images_at(np.sort(chosen))
    sample = _brought_to(drawn, size, channels)
    is_packed = whole.packs_bits and sample.shape == drawn.shape
    dataset = (_PackedSample if is_packed else _Sample)(whole.name, sample)
    model = build_model(settings, dataset)
    layers = layer_list(model.encoder, model.decoder)
    _require_halves(network, layers)
    return Workload(settings, dataset, sample, model, layers)


def _brought_to(images, size, channels):
    """Images of another side and number of channels; what they show is no matter."""
    if size is not None:
        rows, columns = (np.arange(size) * side // size for side in images.shape[1:3])
        images = images[:, rows][:, :, columns]
    if channels is not None:
        images = images[..., np.arange(channels) % images.shape[-1]]
    return np.ascontiguousarray(images)


def _require_halves(network, layers):
    """Frameworks pad odd sides differently: their loops would train other networks."""
    odd = [
        layer.input_shape
        for layer in layers.encoder
        if layer.kind == "convolution" and any(n % 2 for n in layer.input_shape[:2])
    ]
    if odd:
        height, width, _ = layers.encoder[0].input_shape
        raise InvalidValue(
            f"A benchmark takes images that {network} halves evenly; received "
            f"{height} × {width} pixels, which come to {odd[0][0]} × {odd[0][1]}. "
            "Use 64, 128 or 256."
        )


class _Sample(Dataset):
    """Some images of another data set, in memory."""

    def __init__(self, name, images):
        super().__init__(name, images.shape[1:], count=len(images))
        self._images = images

    def _images_at(self, indices):
        return self._images[indices]

    def stored_images(self, count):
        return self._images


class _PackedSample(PackedDataset):
    """Some images of a packed data set, packed alike: a batch costs what it costs."""

    def __init__(self, name, images):
        super().__init__(name, FactorTable(("image",), np.arange(len(images))[:, None]))
        self._bits = np.packbits(images.reshape(len(images), -1), axis=1)

    def _read_packed(self, progress):
        return self._bits
