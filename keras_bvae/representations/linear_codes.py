"""Codes that are linear in the pixels: the pixels, PCA, ICA.

Columns of a table have units of their own, in which the largest would be all of the
variance: what are no images is standardised first, by the data set itself.
"""

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA, FastICA
from sklearn.exceptions import ConvergenceWarning

from keras_bvae.datasets.images import require_images, sample_indices
from keras_bvae.datasets.values import (
    name_of_many,
    require_finite_values,
    require_value_shape,
)
from keras_bvae.errors import InvalidValue
from keras_bvae.models.standardization import Standardization
from keras_bvae.rules import require_whole

# Of dSprites these take 313 MiB. Two samples agree on the space of the first ten
# components (cosines above 0.99), but not on each one: x and y are alike there, so the
# variances come in near-equal pairs, and a sample decides how a pair is mixed.
SAMPLE_SIZE = 20_000
# Larger images than those of dSprites are fewer.
MAX_SAMPLE_BYTES = 320 * 2**20
_IMAGES_AT_ONCE = 1024
# A direction with less than this share of the first one's variance is float32's noise.
_SMALLEST_VARIANCE = 1e-8
# Of FastICA. scikit-learn's own limit is 200. Ten components of dSprites took 109 to
# 860 with three of five seeds, and more than 1,000 with the others.
MAX_ITERATIONS = 1000
TOLERANCE = 1e-4


def pixels(images):
    """Flattens images to one row of numbers each.

    Args:
        images: array, shape `(n, height, width, channels)`: uint8, or float in [0, 1].

    Returns:
        float32 array, shape `(n, height · width · channels)`, in [0, 1].

    Raises:
        ValueError: the shape, the type or a value breaks the rule.
    """
    require_images(images)
    images = np.asarray(images)
    rows = images.reshape(len(images), -1).astype(np.float32)
    if images.dtype == np.uint8:
        rows /= 255
    return rows


def flattened(dataset):
    """A function of a data set's examples to one row of numbers each.

    Args:
        dataset: Dataset.

    Returns:
        `pixels` for images; else a function of arrays `(n, *image_shape)`, in own
        units, to float32 `(n, numbers)`: each column or channel minus its mean, over
        its standard deviation, both of the data set.
    """
    if dataset.kind == "images":
        return pixels
    standardization, shape = Standardization.of(dataset), dataset.image_shape

    def standardised(values):
        require_value_shape(np.shape(values), shape)
        require_finite_values(values)
        return standardization.standardized_array(values).reshape(len(values), -1)

    return standardised


def fit_principal_components(dataset, components=10, seed=0, progress=None):
    """Fits scikit-learn's PCA to a random sample of 20,000 images.

    Of dSprites that takes ten seconds and 0.4 GB: the sample once, in float32, and
    scikit-learn's randomized solver. Components of near-equal variance depend on the
    sample, and with them scores: the β-VAE metric of `higgins2017` had a standard
    deviation of 0.013 over three seeds.

    Args:
        dataset: Dataset; images large or few are sampled as `pixel_sample` says.
        components: int >= 1.
        seed: int >= 0, of the sample and of the solver.
        progress: None or function `(images read, images in all)`.

    Returns:
        PrincipalComponents.

    Raises:
        ValueError: `components` is no whole number >= 1, or more than the images
            have pixels, than there are images, or than directions in which they vary.

    Source: Pearson 1901; Halko et al. 2011 (arXiv:0909.4061).
    """
    require_whole("components", components, least=1, advice="The paper uses 10.")
    rows_of = flattened(dataset)
    sample = pixel_sample(dataset, seed, progress, rows_of)
    what = " and ".join(_words(dataset))
    _require_at_most(components, min(sample.shape), what, sample, dataset)
    pca = PCA(int(components), copy=False, random_state=int(seed))
    # Images that are all alike: their share of no variance is 0/0, and refused below.
    with np.errstate(invalid="ignore", divide="ignore"):
        sample_codes = pca.fit_transform(sample)
    variances = pca.explained_variance_
    directions = int((variances > _SMALLEST_VARIANCE * variances[0]).sum())
    what = "directions of variance"
    _require_at_most(components, directions, what, sample, dataset)
    weights = np.ascontiguousarray(pca.components_.T, np.float32)
    return PrincipalComponents(
        image_shape=dataset.image_shape,
        rows_of=rows_of,
        weights=weights,
        offset=-pca.mean_ @ weights,
        variances=variances,
        variance_share=float(pca.explained_variance_ratio_.sum()),
        sample_codes=sample_codes,
    )


def fit_independent_components(dataset, components=10, seed=0, progress=None):
    """Fits scikit-learn's FastICA to the principal components of a random sample.

    That is FastICA of the images with `components` components: its first step is this
    PCA. Contrast log cosh, all components at once.

    Args:
        dataset, components, progress: as for `fit_principal_components`.
        seed: int >= 0, of the sample, of PCA's solver and of the first guess.

    Returns:
        IndependentComponents. Where FastICA does not converge, `has_converged` says
        so, and no warning is given.

    Raises:
        ValueError: as `fit_principal_components`.

    Source: Hyvärinen & Oja 2000, section 6.
    """
    principal = fit_principal_components(dataset, components, seed, progress)
    ica = FastICA(
        whiten="unit-variance",
        max_iter=MAX_ITERATIONS,
        tol=TOLERANCE,
        random_state=int(seed),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        ica.fit(principal.sample_codes.astype(np.float64))
    rotation = ica.components_.T
    offset = (principal.offset - ica.mean_) @ rotation
    return IndependentComponents(
        image_shape=principal.image_shape,
        rows_of=principal.rows_of,
        weights=(principal.weights @ rotation).astype(np.float32),
        offset=offset.astype(np.float32),
        iterations=int(ica.n_iter_),
        has_converged=ica.n_iter_ < MAX_ITERATIONS,
    )


def pixel_sample(dataset, seed=0, progress=None, rows_of=None):
    """Pixels of different images, drawn at random: 20,000, or all if there are fewer.

    Args:
        dataset: Dataset.
        seed: int >= 0.
        progress: None or function `(images read, images in all)`.
        rows_of: what `flattened` gave, where it is there.

    Returns:
        float32 array, shape `(images, height · width · channels)`, in [0, 1], at most
        `MAX_SAMPLE_BYTES`; of what are no images standardised numbers.
    """
    rows_of = rows_of or flattened(dataset)
    width = math.prod(dataset.image_shape)
    row_bytes = width * np.dtype(np.float32).itemsize
    count = max(1, min(SAMPLE_SIZE, MAX_SAMPLE_BYTES // row_bytes))
    indices = sample_indices(dataset, count, seed)
    rows = np.empty((len(indices), width), np.float32)
    for start in range(0, len(indices), _IMAGES_AT_ONCE):
        batch = indices[start : start + _IMAGES_AT_ONCE]
        rows[start : start + len(batch)] = rows_of(dataset.images_at(batch))
        if progress is not None:
            progress(start + len(batch), len(indices))
    return rows


@dataclass(frozen=True, kw_only=True)
class LinearProjection:
    """Weighted sums of an image's pixels: a function of images, for any metric.

    Attributes:
        image_shape: tuple `(height, width, channels)`.
        rows_of: function of images to one row of numbers each; see `flattened`.
        weights: float32 array, shape `(pixels, latent_dim)`.
        offset: float32 array, shape `(latent_dim,)`.
    """

    image_shape: tuple
    weights: np.ndarray
    offset: np.ndarray
    rows_of: Callable = pixels

    def __call__(self, images):
        """Codes of images.

        Args:
            images: array `(n, *image_shape)`, uint8 or float in [0, 1].

        Returns:
            float32 array, shape `(n, latent_dim)`.

        Raises:
            ValueError: the shape, the type or a value breaks the rule.
        """
        if len(self.image_shape) == 3:
            require_images(images, self.image_shape)
        return self.rows_of(images) @ self.weights + self.offset


@dataclass(frozen=True, kw_only=True)
class PrincipalComponents(LinearProjection):
    """Projection on the directions of largest variance, not scaled.

    Attributes:
        variances: float32 array, shape `(components,)`, falling, in squared pixels.
        variance_share: float, their sum as a share of the variance of all pixels.
        sample_codes: float32 array, shape `(images, components)`, codes of the images
            that they were fitted on.
    """

    variances: np.ndarray
    variance_share: float
    sample_codes: np.ndarray


@dataclass(frozen=True, kw_only=True)
class IndependentComponents(LinearProjection):
    """Projection on directions whose codes are as independent as rotation makes them.

    On the sample every code has mean 0 and variance 1. Sign and order mean nothing.

    Attributes:
        iterations: int, how many FastICA took.
        has_converged: bool. False: the components still turned after the last of
            `MAX_ITERATIONS`; they are whitened all the same, but another seed, or more
            iterations, would give others.
    """

    iterations: int
    has_converged: bool


def _require_at_most(components, limit, what, sample, dataset):
    if components > limit:
        images, width = sample.shape
        many, numbers = _words(dataset)
        raise InvalidValue(
            f"`components` must be at most the number of {what}; received "
            f"components={components!r} for {limit}, from {images:,} {many} of "
            f"{width:,} {numbers}. Ask for fewer components."
        )


def _words(dataset):
    """What examples are called, and what each is made of."""
    return name_of_many(dataset), "pixels" if dataset.kind == "images" else "numbers"
