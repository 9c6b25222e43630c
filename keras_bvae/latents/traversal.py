"""The images of a traversal: one latent swept at a time, the others held."""

from dataclasses import dataclass, replace

import numpy as np

from keras_bvae.errors import InvalidValue
from keras_bvae.latents.latent_statistics import is_active
from keras_bvae.latents.sweeps import Sweep
from keras_bvae.metrics.representation_arrays import as_floats
from keras_bvae.rules import require_whole


@dataclass(frozen=True)
class Traversal:
    """Every latent swept in turn while the others stay at the anchor.

    Rows are sorted by KL, the most informative latent first, or as they were asked for.

    Attributes:
        latents: NumPy array of int, shape `(rows,)`, the latent each row sweeps.
        kl: NumPy array, shape `(rows,)`, nats.
        values: NumPy array, shape `(rows, steps)`.
        images: NumPy array of float32, `(rows, steps, height, width, channels)`.
        anchor_values: NumPy array, shape `(rows,)`, the anchor's own code.
        anchor_image: NumPy array, `(height, width, channels)`, the anchor decoded.
        sweep: Sweep, the headings and the range in words.
    """

    latents: np.ndarray
    kl: np.ndarray
    values: np.ndarray
    images: np.ndarray
    anchor_values: np.ndarray
    anchor_image: np.ndarray
    sweep: Sweep

    @property
    def active(self):
        """NumPy array of bool, shape `(rows,)`; False for a dead latent."""
        return is_active(self.kl)

    @property
    def is_sorted(self):
        """Whether the rows fall with KL."""
        return bool((np.diff(self.kl) <= 0).all())

    @property
    def nearest_steps(self):
        """For each row the step nearest the anchor's own code, None if out of range."""
        return tuple(
            _nearest_step(values, anchor)
            for values, anchor in zip(self.values, self.anchor_values, strict=True)
        )

    def reduced(self, largest):
        """The same with images whose longer side has at most `largest` pixels."""
        return replace(
            self,
            images=reduced(self.images, largest),
            anchor_image=reduced(self.anchor_image, largest),
        )


def traverse(decode, anchor_code, kl, sweep, latents=None):
    """Sweeps each latent from one anchor and decodes everything in one batch.

    Args:
        decode: callable, codes of shape `(n, latent_dim)` to images of shape
            `(n, height, width, channels)` in [0, 1]; a model's `decode` is one.
        anchor_code: NumPy array, shape `(latent_dim,)`: an image's posterior mean, or
            `prior_anchor(latent_dim)`.
        kl: NumPy array, shape `(latent_dim,)`, nats; orders the rows.
        sweep: Sweep, from `standard_deviation_sweep` or another of `sweeps.py`.
        latents: sequence of ints, the latents to sweep and their order; None: all.

    Returns:
        Traversal.

    Raises:
        ValueError: the shapes disagree, a number is not finite, there is no such
            latent, or `decode` gave something else than one image a code.
    """
    rule, advice = "numbers, (latent_dim,)", "Take them from one model."
    anchor_code = np.float32(as_floats(anchor_code, "anchor_code", rule, advice))
    kl = as_floats(kl, "kl", rule, advice)
    _require_one_latent_dim(anchor_code=anchor_code, kl=kl, sweep_values=sweep.values)
    _require_finite(anchor_code=anchor_code, kl=kl, sweep_values=sweep.values)
    latents = sorted_by_kl(kl) if latents is None else _as_latents(latents, len(kl))
    codes = swept_codes(anchor_code, latents, sweep.values[latents])
    rows, steps, latent_dim = codes.shape
    batch = np.concatenate([anchor_code[np.newaxis], codes.reshape(-1, latent_dim)])
    images = _decoded(decode, batch)
    return Traversal(
        latents=latents,
        kl=kl[latents],
        values=sweep.values[latents],
        images=images[1:].reshape(rows, steps, *images.shape[1:]),
        anchor_values=anchor_code[latents],
        anchor_image=images[0],
        sweep=sweep,
    )


def sorted_by_kl(kl):
    """Latent numbers by falling KL; equals stay in the order of their numbers.

    Args:
        kl: NumPy array, shape `(latent_dim,)`, nats.

    Returns:
        NumPy array of int, shape `(latent_dim,)`.
    """
    return np.argsort(-np.asarray(kl), kind="stable")


def swept_codes(anchor_code, latents, values):
    """Copies of the anchor in which one latent at a time takes its swept value.

    Args:
        anchor_code: NumPy array, shape `(latent_dim,)`.
        latents: NumPy array of int, shape `(rows,)`.
        values: NumPy array, shape `(rows, steps)`.

    Returns:
        NumPy array of float32, shape `(rows, steps, latent_dim)`.
    """
    rows, steps = values.shape
    codes = np.tile(np.float32(anchor_code), (rows, steps, 1))
    for row, latent in enumerate(latents):
        codes[row, :, latent] = values[row]
    return codes


def reduced(images, largest):
    """Images that are too large, averaged down by a whole number.

    Args:
        images: array, shape `(…, height, width, channels)`, uint8 or float.
        largest: int >= 1, pixels that the longer side may have.

    Returns:
        NumPy array of the same type; images that fit are given back as they are. A
        last row or column that does not fill a square is averaged with its own copy.

    Raises:
        ValueError: `largest` is no whole number >= 1.
    """
    require_whole("largest", largest, least=1)
    images = np.asarray(images)
    *outer, height, width, channels = images.shape
    times = -(-max(height, width) // largest)
    if times <= 1:
        return images
    rows, columns = -(-height // times), -(-width // times)
    missing = ((0, rows * times - height), (0, columns * times - width), (0, 0))
    padded = np.pad(images, [(0, 0)] * len(outer) + list(missing), mode="edge")
    squares = padded.reshape(*outer, rows, times, columns, times, channels)
    means = squares.mean(axis=(-4, -2))
    if images.dtype == np.uint8:
        means = means.round()
    return means.astype(images.dtype)


def _nearest_step(values, anchor):
    # Half a step beyond the ends still rounds to an end; further out nothing is near.
    # The slack lets a sweep that stands still (a constant latent) keep its anchor.
    before = (values[1] - values[0]) / 2 + 1e-6
    after = (values[-1] - values[-2]) / 2 + 1e-6
    if not values[0] - before <= anchor <= values[-1] + after:
        return None
    return int(np.argmin(np.abs(values - anchor)))


def _as_latents(latents, latent_dim):
    chosen = np.asarray(latents)
    whole = chosen.ndim == 1 and chosen.size and chosen.dtype.kind in "iu"
    if not whole or chosen.min() < 0 or chosen.max() >= latent_dim:
        raise InvalidValue(
            f"`latents` must be numbers from 0 to {latent_dim - 1}, at least one; "
            f"received {latents!r}. Leave it out to see them all."
        )
    return chosen


def _decoded(decode, codes):
    images = np.asarray(decode(codes))
    if images.ndim != 4 or len(images) != len(codes):
        raise InvalidValue(
            "`decode` must return one image a code, (codes, height, width, channels); "
            f"received shape {images.shape} for {len(codes)} codes. Pass a model's own."
        )
    return images


def _require_one_latent_dim(anchor_code, kl, sweep_values):
    latent_dims = {anchor_code.shape[:1], kl.shape[:1], sweep_values.shape[:1]}
    right_ranks = (anchor_code.ndim, kl.ndim, sweep_values.ndim) == (1, 1, 2)
    if len(latent_dims) != 1 or not right_ranks:
        raise InvalidValue(
            "`anchor_code`, `kl` and the sweep's values must have shapes "
            "(latent_dim,), (latent_dim,) and (latent_dim, steps); received "
            f"anchor_code.shape={anchor_code.shape}, kl.shape={kl.shape}, "
            f"values.shape={sweep_values.shape}. Take all three from one model."
        )


def _require_finite(**arrays):
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise InvalidValue(
                f"`{name}` must be finite; received NaN or infinity. "
                "The model has diverged: use an earlier checkpoint."
            )
