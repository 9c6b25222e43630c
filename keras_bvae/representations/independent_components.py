"""Independent components of a data set's images."""

import warnings
from dataclasses import dataclass

import numpy as np

from keras_bvae.representations.linear_projection import LinearProjection
from keras_bvae.representations.principal_components import fit_principal_components

# scikit-learn's own limit is 200. Ten components of dSprites took 109 to 860 with three
# of five seeds, and more than 1,000 with the others.
MAX_ITERATIONS = 1000
TOLERANCE = 1e-4


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
    from sklearn.decomposition import FastICA
    from sklearn.exceptions import ConvergenceWarning

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
        weights=(principal.weights @ rotation).astype(np.float32),
        offset=offset.astype(np.float32),
        iterations=int(ica.n_iter_),
        has_converged=ica.n_iter_ < MAX_ITERATIONS,
    )
