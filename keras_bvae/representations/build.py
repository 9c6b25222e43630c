"""From a name to a representation that a metric takes as `encode`; and users' own."""

import numpy as np

from keras_bvae import networks
from keras_bvae.datasets.dataset import Dataset
from keras_bvae.datasets.factors import FactorTable
from keras_bvae.errors import InvalidValue
from keras_bvae.metrics.representation_arrays import as_codes, as_factors
from keras_bvae.models import BetaVAE
from keras_bvae.models.standardization import Standardization
from keras_bvae.networks.making import weights_from
from keras_bvae.representations.linear_codes import (
    fit_independent_components,
    fit_principal_components,
    flattened,
)
from keras_bvae.rules import require_one_of, require_seed

NAMES = ("pixels", "pca", "ica", "truth", "untrained")
_BATCH_SIZE = 1024


def build(name, dataset, components=10, seed=0, progress=None):
    """Makes one of the representations that Higgins et al. compare a β-VAE with.

    Args:
        name: one of `NAMES`. "pixels": the image itself. "pca", "ica": principal and
            independent components of a sample of the data set. "truth": the factors.
            "untrained": a VAE's means before its first step. Of what are no images
            each column or channel is standardised first.
        dataset: Dataset; "truth" needs its factors.
        components: int >= 1, length of a code of "pca", "ica" and "untrained"; pixels
            and factors are as many as they are.
        seed: int >= 0, of the sample, the first guess of ICA and the weights.
        progress: None or function `(images read, images in all)`, called while "pca"
            and "ica" read their sample.

    Returns:
        A function of images, uint8 or float in [0, 1], shape `(n, height, width,
        channels)`, that returns codes, float32 `(n, latent_dim)`; for "truth", which
        no image shows, an object with `codes_at(indices, progress=None)`.

    Raises:
        ValueError: the name, `components` or `seed` is not a valid one, or the data
            set lacks what the representation needs.

    Source: Higgins et al. 2017 (OpenReview Sy2fzU9gl), table 1.
    """
    require_one_of("A representation", name, NAMES)
    require_seed(seed)
    if name == "pixels":
        return flattened(dataset)
    if name == "truth":
        return GroundTruth(dataset)
    if name == "untrained":
        return untrained_encoder(dataset, components, seed)
    fit = fit_principal_components if name == "pca" else fit_independent_components
    return fit(dataset, components, seed, progress)


class GroundTruth:
    """The factors of each image as its codes, one latent a factor.

    A factor's classes are spread evenly over [0, 1], the first at 0, the last at 1. So
    a shape is a number though shapes have no order, and the two ends of a circular
    orientation lie far apart; metrics treat the factors in the same way. A factor with
    one class is 0.

    Give it to a metric in the place of `encode`: an image does not tell its factors,
    its number does.

    Args:
        dataset: Dataset with factors.

    Raises:
        ValueError: the data set has no factors.
    """

    def __init__(self, dataset):
        dataset.require_factors("the ground truth as a representation")
        self._dataset = dataset
        self._highest = np.maximum(np.array(dataset.factor_sizes) - 1, 1)

    def codes_at(self, indices, progress=None):
        """Codes by the images' numbers.

        Args:
            indices: int array, any shape.
            progress: None or function `(images done, images in all)`.

        Returns:
            float32 array, shape `(*indices.shape, factors)`, in [0, 1].

        Raises:
            ValueError: an index is out of range.
        """
        indices = np.asarray(indices)
        factors = self._dataset.factors_at(indices.ravel())
        codes = (factors / self._highest).astype(np.float32)
        if progress is not None:
            progress(indices.size, indices.size)
        return codes.reshape(*indices.shape, -1)


def untrained_encoder(dataset, latent_dim=10, seed=0, network=None):
    """A paper's encoder with fresh weights, Glorot's uniform ones.

    Python's random numbers, from which Keras draws those weights, go on afterwards as
    if nothing had been drawn.

    Args:
        dataset: Dataset, for the image shape.
        latent_dim: int >= 1.
        seed: int >= 0; the weights also depend on the backend.
        network: str, see `keras_bvae.networks.build`; None: "burgess2018", or what
            suits data that are no images. On dSprites the codes of "burgess2018" have
            a standard deviation of 0.005, those of the dense "higgins2017" one of 0.1:
            a classifier that learns slowly tells them apart.

    Returns:
        Function of images, uint8 or float in [0, 1], shape `(n, height, width,
        channels)`, to codes, float32 `(n, latent_dim)`.

    Raises:
        ValueError: the images do not fit the network, or `latent_dim` or `seed` is not
            valid.

    Source: Higgins et al. 2017 (OpenReview Sy2fzU9gl), table 1: "VAE (untrained)".
    """
    require_seed(seed)
    further = {}
    if dataset.kind != "images":
        standardization = Standardization.of(dataset)
        further = {"likelihood": "gaussian", "standardization": standardization}
    usual = "burgess2018" if not further else networks.network_for(dataset.image_shape)
    with weights_from(int(seed)):
        model = BetaVAE(
            *networks.build(network or usual, dataset.image_shape, latent_dim),
            seed=int(seed),
            **further,
        )
    return lambda images: model.encode(images, _BATCH_SIZE)[0]


class OwnCodes(Dataset):
    """A table of codes, one row an image that nobody needs to see.

    It is both what a metric takes as `encode` and its data set:
    `evaluate_representation(own, own)`.

    Args:
        codes: float array, shape `(n, latent_dim)`, finite.
        factors: None, or int array `(n, factors)`: classes, whatever their numbers.
        factor_names: None, or a name for each column; else "factor 0", "factor 1", …
        name: str, what records call it.

    Raises:
        ValueError: an array breaks the rules of `representation_arrays`, or there is
            another number of names than factors.
    """

    def __init__(self, codes, factors=None, factor_names=None, name="own codes"):
        self._codes = as_codes(codes)
        space = None
        if factors is not None:
            factors = as_factors(factors, len(self._codes))
            if factor_names is None:
                factor_names = [f"factor {number}" for number in range(len(factors.T))]
            _require_as_many_names(factor_names, factors)
            space = FactorTable(factor_names, _numbered_from_0(factors))
        super().__init__(name, (), space, len(self._codes), "codes of its user")

    factors_from = (
        "Name the file of the same images' factors, --factors FILE.npy or FILE.csv; in "
        "Python give OwnCodes `factors`."
    )

    def codes_at(self, indices, progress=None):
        """Codes by their rows, shape `(*indices.shape, latent_dim)`, float64."""
        return self._codes[np.asarray(indices)]

    @property
    def is_complete_grid(self):
        """False: rows with equal factors are different images here."""
        return False


def _numbered_from_0(factors):
    columns = [np.unique(column, return_inverse=True)[1] for column in factors.T]
    return np.stack(columns, axis=1)


def _require_as_many_names(names, factors):
    are_names = isinstance(names, list | tuple)
    are_names = are_names and all(isinstance(name, str) for name in names)
    if not are_names or not len(names) == len(set(names)) == factors.shape[1]:
        received = f"{len(names)} names" if are_names else repr(names)
        raise InvalidValue(
            f"`factor_names` must name each of the {factors.shape[1]} factors; "
            f"received {received}. Give each column another one, in their order."
        )
