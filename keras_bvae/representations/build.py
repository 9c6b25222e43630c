"""From a name to a representation that a metric takes as `encode`."""

from keras_bvae.metrics.protocols import require_seed
from keras_bvae.representations.ground_truth import GroundTruth
from keras_bvae.representations.independent_components import (
    fit_independent_components,
)
from keras_bvae.representations.pixels import pixels
from keras_bvae.representations.principal_components import fit_principal_components
from keras_bvae.representations.untrained import untrained_encoder
from keras_bvae.rules import require_one_of

NAMES = ("pixels", "pca", "ica", "truth", "untrained")


def build(name, dataset, components=10, seed=0, progress=None):
    """Makes one of the representations that Higgins et al. compare a β-VAE with.

    Args:
        name: one of `NAMES`. "pixels": the image itself. "pca", "ica": principal and
            independent components of a sample of the data set. "truth": the factors.
            "untrained": a VAE's means before its first step.
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
        return pixels
    if name == "truth":
        return GroundTruth(dataset)
    if name == "untrained":
        return untrained_encoder(dataset, components, seed)
    fit = fit_principal_components if name == "pca" else fit_independent_components
    return fit(dataset, components, seed, progress)
