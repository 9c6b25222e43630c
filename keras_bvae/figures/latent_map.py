"""What a latent space looks like: codes of a data set's images in the plane."""

from dataclasses import dataclass

import numpy as np

from keras_bvae.datasets.factor_labels import factor_labels
from keras_bvae.datasets.images import sample_indices
from keras_bvae.datasets.values import name_of_many
from keras_bvae.errors import InvalidValue
from keras_bvae.evaluation.evaluate_model import require_same_size
from keras_bvae.latents.code_plane import (
    METHODS,
    CodePlane,
    code_plane,
    decoded_plane,
    require_two_latents,
    require_umap,
    two_latents,
)
from keras_bvae.latents.latent_statistics import kl_text, mean_kl_per_latent
from keras_bvae.latents.traversal import sorted_by_kl
from keras_bvae.pictures.appearance import appearance_of
from keras_bvae.pictures.plots.code_map import (
    PRIOR_SHARES,
    Coloring,
    code_map,
    is_hexagons,
    reach_of,
)
from keras_bvae.rules import require_one_of, require_whole

# Dots that a panel shows well; t-SNE and UMAP take a minute for more.
SAMPLES = {"latents": 5_000, "pca": 5_000, "tsne": 2_000, "umap": 2_000}
# Panels that are drawn unasked: more would be too small to be read.
MOST_PANELS = 6
_DECODED_STEPS = 15
_ENCODED_AT_ONCE = 2048


@dataclass(frozen=True)
class MappedCodes:
    """Images of a data set with their places in the plane.

    Attributes:
        indices: NumPy array of int, shape `(images,)`, their numbers in the data set.
        plane: CodePlane, where they lie.
        kl: NumPy array, shape `(latent_dim,)`, nats, averaged over these images.
        mean_code: NumPy array, shape `(latent_dim,)`, the mean of their codes.
        method: str, one of `latents`, `pca`, `tsne`, `umap`.
        seed: int, that drew the images.
    """

    indices: np.ndarray
    plane: CodePlane
    kl: np.ndarray
    mean_code: np.ndarray
    method: str
    seed: int


def latent_map(
    model,
    dataset,
    *,
    latents=None,
    method="latents",
    color=None,
    decoded=False,
    samples=None,
    seed=0,
    title="",
    progress=None,
):
    """A plot of codes in the plane, coloured by the factors of their images.

    Circles hold 50 % and 95 % of the prior N(0, I). What is drawn of many images is
    their density, in hexagons.

    Args:
        model: has `encode(images)` to `(mean, log_variance)`; `decode(codes)` too for
            `decoded`.
        dataset: a data set of the model's image size; factors are not needed.
        latents: two ints, across and up; None: the two of most KL.
        method: "latents", "pca", "tsne", or with umap-learn "umap".
        color: name of a factor, or a sequence of names, a panel each; `()`: none.
            None: up to six factors that vary.
        decoded: bool, whether a last panel shows what the decoder makes over the plane
            of the two latents, the others at their means.
        samples: int >= 2, images drawn at random; None: 5,000, for "tsne" and "umap"
            2,000.
        seed: int >= 0, for the images, and for t-SNE and UMAP.
        title: str.
        progress: None or function `(done, total)`, told of the images encoded.

    Returns:
        matplotlib.figure.Figure.

    Raises:
        ValueError: a model of one latent, latents or factors that are not there, codes
            that are not finite, or `decoded` with a method that has no two latents.
        ModuleNotFoundError: "umap" without umap-learn.
    """
    names = colors_of(dataset, color)
    mapped = map_codes(
        model,
        dataset,
        latents=latents,
        method=method,
        decoded=decoded,
        samples=samples,
        seed=seed,
        progress=progress,
    )
    return draw_map(mapped, model, dataset, names, decoded, title)


def map_codes(
    model,
    dataset,
    *,
    latents=None,
    method="latents",
    decoded=False,
    samples=None,
    seed=0,
    progress=None,
):
    """Encodes images of a data set, and lays their codes in the plane.

    Args:
        model, dataset, latents, method, decoded, samples, seed, progress: as for
            `latent_map`.

    Returns:
        MappedCodes.

    Raises:
        As `latent_map`.
    """
    require_one_of("A map's method", method, METHODS)
    require_whole("samples", samples, least=2, optional=True)
    require_two_latents(model.latent_dim)
    if latents is not None:
        latents = two_latents(latents, model.latent_dim)
    for argument, is_given in (("latents", latents is not None), ("decoded", decoded)):
        if is_given and method != "latents":
            raise InvalidValue(
                f"`{argument}` belongs to a map of two latents; received it with "
                f"method={method!r}, whose axes are none. Leave one of them out."
            )
    if method == "umap":
        require_umap()
    require_same_size(model, dataset)
    indices = sample_indices(dataset, samples or SAMPLES[method], seed)
    mean, log_variance = _posteriors(model, dataset, indices, progress)
    kl = mean_kl_per_latent(mean, log_variance)
    if latents is None:
        latents = tuple(int(latent) for latent in sorted_by_kl(kl)[:2])
    plane = code_plane(mean, method, latents, seed)
    return MappedCodes(indices, plane, kl, mean.mean(axis=0), method, seed)


def draw_map(mapped, model, dataset, names, decoded=False, title=""):
    """The plot of codes that have their places; see `latent_map`.

    Args:
        mapped: MappedCodes.
        model, dataset: those that it was made of.
        names: sequence of str, factors, a panel each; none: one panel of density.
        decoded: bool.
        title: str.

    Returns:
        matplotlib.figure.Figure.
    """
    plane, images = mapped.plane, None
    if decoded:
        low, high = reach_of(plane)
        # Tiles lie side by side: what each shows is decoded at its middle.
        middles = low + (high - low) * (np.arange(_DECODED_STEPS) + 0.5) / (
            _DECODED_STEPS
        )
        decode = model.decode
        if getattr(model, "condition", None) is not None:  # the first class, say
            decode = model.decoding(model.some_conditions(1)[0])
        decode = appearance_of(dataset).decoding(decode)
        images = decoded_plane(decode, mapped.mean_code, plane.latents, middles)
    return code_map(
        plane,
        [_coloring(dataset, name, mapped.indices) for name in names],
        images,
        title,
        _notes(mapped, dataset, names, decoded),
        mapped.seed,
    )


def colors_of(dataset, color=None):
    """Names of the factors that colour a map, as `latent_map` says.

    Raises:
        ValueError: the data set has no factors, or not these.
    """
    sizes = dict(zip(dataset.factor_names, dataset.factor_sizes, strict=True))
    if color is None:
        return tuple(name for name, size in sizes.items() if size > 1)[:MOST_PANELS]
    names = (color,) if isinstance(color, str) else tuple(dict.fromkeys(color))
    if names:
        dataset.require_factors("A map's colour")
    unknown = [name for name in names if name not in sizes]
    if unknown:
        raise InvalidValue(
            f"`color` must name factors of {dataset.name}; received "
            f"{', '.join(map(repr, unknown))}. It has {', '.join(sizes)}."
        )
    return names


def _posteriors(model, dataset, indices, progress):
    means, log_variances = [], []
    for start in range(0, len(indices), _ENCODED_AT_ONCE):
        part = indices[start : start + _ENCODED_AT_ONCE]
        mean, log_variance = model.encode(dataset.images_at(part))
        means.append(mean)
        log_variances.append(log_variance)
        if progress is not None:
            progress(start + len(part), len(indices))
    return np.concatenate(means), np.concatenate(log_variances)


def _coloring(dataset, name, indices):
    column = dataset.factor_names.index(name)
    classes = dataset.factors_at(indices)[:, column]
    return Coloring(name, classes, *factor_labels(dataset, name))


def _notes(mapped, dataset, names, decoded):
    count, plane = len(mapped.indices), mapped.plane
    which = (
        "all" if count == len(dataset) else f"of {len(dataset):,}, seed {mapped.seed}"
    )
    many = name_of_many(dataset, count)
    notes = [f"Mean codes of {count:,} {many} of {dataset.name} ({which})."]
    if plane.latents:
        parts = zip(plane.names, plane.latents, strict=True)
        carried = "; ".join(f"{n} {kl_text(mapped.kl[z])}" for n, z in parts)
        notes.append(f"KL: {carried}.")
    if plane.prior is None:
        notes.append("Near codes stay near; far distances and axes mean nothing.")
    else:
        shares = " and ".join(f"{share:.0%}" for share in PRIOR_SHARES)
        notes.append(f"Circles hold {shares} of the prior.")
    if is_hexagons(count, bool(names)):
        notes.append(
            "Hexagons: mean class, or the most frequent."
            if names
            else f"Hexagons: number of {many}."
        )
    if decoded:
        notes.append("Decoded: the other latents at their means.")
    left = sum(size > 1 for size in dataset.factor_sizes) - len(names)
    if len(names) == MOST_PANELS and left > 0:
        notes.append(f"{left} more factors are not drawn.")
    return (" ".join(notes),)
