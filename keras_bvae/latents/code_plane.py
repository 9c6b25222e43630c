"""Codes in the plane: two latents, principal components, t-SNE or UMAP."""

from dataclasses import dataclass

import numpy as np

from keras_bvae.errors import InvalidValue, MissingPackage
from keras_bvae.latents.latent_statistics import latent_name
from keras_bvae.latents.traversal import reduced
from keras_bvae.metrics.representation_arrays import as_codes
from keras_bvae.rules import require_one_of, require_seed

METHODS = ("latents", "pca", "tsne", "umap")
# What t-SNE calls a neighbourhood; van der Maaten and Hinton take 5 to 50.
_PERPLEXITY = 30
_FEWEST = 5


@dataclass(frozen=True)
class CodePlane:
    """Where each code lies in the plane.

    Attributes:
        points: NumPy array of float64, shape `(images, 2)`: across and up.
        names: tuple of two str, the axes'.
        prior: NumPy array, shape `(2,)`: the middle of the standard normal prior, which
            has unit spread in every direction of this plane; None where a method keeps
            no distances.
        latents: tuple of the two latents that are the axes; None for other methods.
    """

    points: np.ndarray
    names: tuple
    prior: np.ndarray | None = None
    latents: tuple | None = None


def code_plane(codes, method="latents", latents=(0, 1), seed=0):
    """Lays codes in the plane.

    Args:
        codes: array, shape `(images, latent_dim)`.
        method: "latents": two of them; "pca": the two directions of largest variance,
            not scaled; "tsne", or with umap-learn "umap": neighbours stay neighbours,
            distances mean little.
        latents: two ints, across and up, for "latents".
        seed: int >= 0, for t-SNE and UMAP.

    Returns:
        CodePlane.

    Raises:
        ValueError: another method, not two latents, codes that are not finite, or ones
            that t-SNE and UMAP can do nothing with.
        ModuleNotFoundError: "umap" without umap-learn.

    Source: PCA: Pearson 1901. t-SNE: van der Maaten & Hinton 2008; perplexity 30, at
    most a third of the images, started from PCA. UMAP: McInnes et al. 2018
    (arXiv:1802.03426), with its own settings.
    """
    require_one_of("A map's method", method, METHODS)
    require_seed(seed)
    codes = as_codes(codes)
    require_two_latents(codes.shape[1])
    if method == "latents":
        latents = two_latents(latents, codes.shape[1])
        names = tuple(latent_name(latent) for latent in latents)
        return CodePlane(codes[:, latents], names, np.zeros(2), latents)
    if method == "pca":
        return _principal_plane(codes)
    _require_neighbours(codes, method)
    points = (_tsne if method == "tsne" else _umap)(codes, seed)
    word = {"tsne": "t-SNE", "umap": "UMAP"}[method]
    return CodePlane(np.asarray(points, np.float64), (f"{word} 1", f"{word} 2"))


def require_two_latents(latent_dim):
    """Raises unless there are two latents to make a plane of.

    Raises:
        ValueError: there is one.
    """
    if latent_dim < 2:
        raise InvalidValue(
            "A map of the latent space needs a model of at least two latents; received "
            "one of a single latent. `kbvae traverse` and `kbvae responses` draw that."
        )


def two_latents(latents, latent_dim):
    """The two latents as a tuple of ints.

    Raises:
        ValueError: they are not two different latents of the model.
    """
    numbers = np.atleast_1d(np.asarray(latents))
    is_whole = np.issubdtype(numbers.dtype, np.integer) and numbers.shape == (2,)
    if not is_whole or numbers[0] == numbers[1] or not _are_within(numbers, latent_dim):
        raise InvalidValue(
            "`latents` must be two different numbers from 0 to "
            f"{latent_dim - 1}, across and up; received {numbers.tolist()!r}. Leave it "
            "out for the two that carry most."
        )
    return tuple(int(number) for number in numbers)


def decoded_plane(decode, code, latents, values, longest=64):
    """What the decoder makes over the plane of two latents.

    Args:
        decode: callable, codes `(n, latent_dim)` to images in [0, 1].
        code: array, shape `(latent_dim,)`: where the other latents are held.
        latents: two ints, across and up.
        values: array, shape `(steps,)`, rising: where both latents are set to.
        longest: int, pixels of an image's longer side; larger ones are reduced.

    Returns:
        NumPy array of float32, shape `(steps, steps, height, width, channels)`; first
        axis up, from the lowest value.

    Raises:
        ValueError: the decoder makes something else than images.

    Source: Kingma & Welling 2014 (arXiv:1312.6114), appendix A.
    """
    values = np.asarray(values, np.float64)
    rows = []
    for up in values:  # a row at a time: a plane of large images would fill gigabytes
        codes = np.tile(np.asarray(code, np.float64), (len(values), 1))
        codes[:, latents[0]], codes[:, latents[1]] = values, up
        images = np.asarray(decode(codes.astype(np.float32)))
        if images.ndim != 4:
            raise InvalidValue(
                "A decoded plane needs a decoder that makes images; received data of "
                f"shape {images.shape[1:]} each. Leave the decoded plane out."
            )
        rows.append(reduced(images, longest))
    return np.stack(rows)


def _principal_plane(codes):
    mean = codes.mean(axis=0)
    _, spread, directions = np.linalg.svd(codes - mean, full_matrices=False)
    directions = np.vstack([directions, np.zeros((2, codes.shape[1]))])[:2]
    # A direction's sign means nothing: its largest weight counts as positive.
    largest = np.abs(directions).argmax(axis=1)
    signs = np.where(directions[np.arange(2), largest] < 0, -1.0, 1.0)
    directions = directions * signs[:, np.newaxis]
    shares = np.append(np.square(spread), 0.0) / max(np.square(spread).sum(), 1e-300)
    names = tuple(f"PC {n + 1} ({shares[n]:.0%} of variance)" for n in range(2))
    return CodePlane((codes - mean) @ directions.T, names, -mean @ directions.T)


def _tsne(codes, seed):
    from sklearn.manifold import TSNE  # half a second that other methods need not pay

    perplexity = min(_PERPLEXITY, (len(codes) - 1) / 3)
    return TSNE(2, perplexity=perplexity, init="pca", random_state=seed).fit_transform(
        codes
    )


def _umap(codes, seed):
    require_umap()
    from umap import UMAP

    neighbours = min(15, len(codes) - 1)
    return UMAP(n_neighbors=neighbours, random_state=seed, n_jobs=1).fit_transform(
        codes
    )


def require_umap():
    """Raises unless umap-learn is installed.

    Raises:
        ModuleNotFoundError: it is not.
    """
    try:
        import umap  # noqa: F401
    except ModuleNotFoundError as error:
        if error.name != "umap":  # it is there, and lacks something itself
            raise
        raise MissingPackage(
            "A map by UMAP needs umap-learn, which is not installed. Run `pip install "
            "umap-learn`, or take t-SNE, which is there."
        ) from error


def _require_neighbours(codes, method):
    different = len(np.unique(codes[: 10 * _FEWEST], axis=0))
    if different < _FEWEST and len(np.unique(codes, axis=0)) < _FEWEST:
        raise InvalidValue(
            f"A map by {method} needs at least {_FEWEST} codes that differ; received "
            "fewer. Draw the latents themselves."
        )


def _are_within(numbers, latent_dim):
    return bool(numbers.min() >= 0 and numbers.max() < latent_dim)
