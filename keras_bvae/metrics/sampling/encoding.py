"""Encode each distinct image once; after that everything indexes.

The β-VAE score asks for 1.92 million images of a data set that has 737,280. A metric
first draws every image index it needs, then hands them over together; this file
encodes the distinct ones batch by batch and reduces the codes point by point.
"""

import numpy as np

from keras_bvae.errors import InvalidValue, NonFiniteCodes, printable
from keras_bvae.metrics.representation_arrays import is_real
from keras_bvae.rules import require_whole

# One table of codes at most, and the codes gathered from it at a time: together with
# the indices they keep a metric under 2 GB for codes of any length.
MAX_TABLE_BYTES = 512 * 2**20
MAX_GATHERED_BYTES = 64 * 2**20


class EncodedImages:
    """A data set's codes, each image encoded once however many metrics ask for it.

    Give it to a metric in the place of `encode`. Nothing is encoded before it is asked
    for, and every code is kept.

    Args:
        encode: function, uint8 images `(n, height, width, channels)` to codes
            `(n, latent_dim)`.
        dataset: has `images_at(indices)` and `len()`.
        batch_size: int, images per call of `encode`.
        known: None, or what `known` was of an earlier one of the same images.

    Raises:
        ValueError: `batch_size` is no whole number above 0.
    """

    def __init__(self, encode, dataset, batch_size=1024, known=None):
        _require_batch_size(batch_size)
        self._encode = encode
        self._dataset = dataset
        self._batch_size = batch_size
        self._is_known = np.zeros(len(dataset), dtype=bool)
        self._codes = None
        if known is not None:
            self._is_known, self._codes = known

    @property
    def known(self):
        """`(is_known, codes)`, `(images,)` and `(images, latent_dim)`; None: none."""
        return None if self._codes is None else (self._is_known, self._codes)

    @property
    def count(self):
        """How many different images have been encoded."""
        return int(self._is_known.sum())

    def codes_at(self, indices, progress=None):
        """Codes by the images' numbers.

        Args:
            indices: int array, any shape.
            progress: None or function `(images encoded, images in all)`, called only
                if some are not known yet.

        Returns:
            float32 or float64 array, shape `(*indices.shape, latent_dim)`.

        Raises:
            ValueError: `encode` returned something else than finite codes, one row
                each, or the codes of all images would fill more than
                `MAX_TABLE_BYTES`.
        """
        is_wanted = np.zeros_like(self._is_known)
        is_wanted[indices] = True
        missing = np.flatnonzero(is_wanted & ~self._is_known)
        for start in range(0, len(missing), self._batch_size):
            batch = missing[start : start + self._batch_size]
            codes = encode_batch(self._encode, self._dataset, batch)
            if self._codes is None:
                self._codes = self._empty_table(codes)
            self._codes[batch] = codes
            self._is_known[batch] = True
            if progress is not None:
                progress(start + len(batch), len(missing))
        return self._codes[indices]

    def _empty_table(self, codes):
        size = len(self._is_known) * codes[0].nbytes
        if size > MAX_TABLE_BYTES:
            raise InvalidValue(
                f"The codes of all images must fit into {MAX_TABLE_BYTES >> 20} MiB; "
                f"received {codes.shape[1]} numbers for each of "
                f"{len(self._is_known):,} images, {size >> 20} MiB. Give the metric "
                "the function itself: it then encodes in groups."
            )
        return np.empty((len(self._is_known), codes.shape[1]), codes.dtype)


def reduce_codes(encode, dataset, indices, reduce, batch_size=1024, progress=None):
    """Encodes all images that the points need and reduces each point's codes.

    Args:
        encode: function, uint8 images `(n, height, width, channels)` to codes
            `(n, latent_dim)`. Called once per distinct image unless the codes of all
            of them would fill more than `MAX_TABLE_BYTES`; so it should not draw noise.
            Or anything with `codes_at(indices, progress)`, as `EncodedImages`.
        dataset: has `images_at(indices)`.
        indices: int array, shape `(points, ...)`, image indices; each point with the
            same number of them.
        reduce: function, codes `(n, ..., latent_dim)` of n points to one row each.
        batch_size: int, images per call of `encode`.
        progress: None or function `(images encoded, images in all)`.

    Returns:
        `(rows, sizes)`: the reduced points, and a dict of `distinct_images` and
        `latent_dim`.

    Raises:
        ValueError: `encode` returned something else than finite codes, one row each,
            or `batch_size` is no whole number above 0.
    """
    _require_batch_size(batch_size)
    if hasattr(encode, "codes_at"):
        return _reduce_known_codes(encode, indices, reduce, progress)
    distinct, positions = np.unique(indices, return_inverse=True)
    positions = positions.reshape(indices.shape)
    # The first batch tells the length of a code, and is not encoded again.
    first = encode_batch(encode, dataset, distinct[:batch_size])
    groups = [_only(group) for group in _groups_that_fit(positions, first)]
    report = _counted(progress, sum(len(wanted) for wanted, _ in groups))
    rows = []
    for wanted, places in groups:
        known = first if len(wanted) == len(distinct) else first[:0]
        report(len(known))
        batches = [known]
        for start in range(len(known), len(wanted), batch_size):
            batch = distinct[wanted[start : start + batch_size]]
            batches.append(encode_batch(encode, dataset, batch))
            report(len(batch))
        rows += _reduce_in_pieces(np.concatenate(batches), places, reduce)
    sizes = {"distinct_images": int(distinct.size), "latent_dim": int(first.shape[1])}
    return np.concatenate(rows), sizes


def _reduce_known_codes(encoded, indices, reduce, progress):
    # `unique` takes a second for two million.
    is_wanted = np.zeros(indices.max() + 1, dtype=bool)
    is_wanted[indices] = True
    distinct = np.flatnonzero(is_wanted)
    # All at once first, so that the progress is that of the whole.
    latent_dim = encoded.codes_at(distinct, progress).shape[-1]
    point_bytes = indices[0].size * latent_dim * np.dtype(np.float64).itemsize
    points = max(1, MAX_GATHERED_BYTES // point_bytes)
    rows = [
        reduce(encoded.codes_at(indices[start : start + points]))
        for start in range(0, len(indices), points)
    ]
    sizes = {"distinct_images": int(distinct.size), "latent_dim": int(latent_dim)}
    return np.concatenate(rows), sizes


def encode_batch(encode, dataset, indices):
    """Codes of the images at `indices`, shape `(n, latent_dim)`, float32 or float64.

    Raises:
        ValueError: `encode` returned something else than finite codes, one row each.
    """
    codes = encode(dataset.images_at(indices))
    if isinstance(codes, tuple | list):
        raise InvalidValue(
            "`encode` must return one array, (images, latent_dim); received a "
            f"{type(codes).__name__} of {len(codes)}. For the means of a model pass "
            "lambda images: model.encode(images)[0]."
        )
    codes = np.asarray(codes)
    if codes.ndim != 2 or len(codes) != len(indices) or not codes.shape[1]:
        raise InvalidValue(
            "`encode` must return one row of codes per image, (images, latent_dim); "
            f"received shape {codes.shape} for {len(indices)} images. Flatten what "
            "belongs to one image into one row."
        )
    if not is_real(codes.dtype):
        raise InvalidValue(
            "`encode` must return real numbers; received the type "
            f"{printable(str(codes.dtype), 100)}. Give each part a column of its own."
        )
    # Differences of unsigned integers would wrap around.
    codes = codes.astype(np.result_type(codes.dtype, np.float32), copy=False)
    if not np.isfinite(codes).all():
        raise NonFiniteCodes(
            "`encode` must return finite codes; received "
            f"{int((~np.isfinite(codes)).any(1).sum())} of {len(codes)} rows with NaN "
            "or infinity. Go back to weights from before the training diverged."
        )
    return codes


def _require_batch_size(batch_size):
    advice = "Use 1024, or less if memory is short."
    require_whole("batch_size", batch_size, least=1, advice=advice)


def _groups_that_fit(positions, codes):
    """The points in as few groups as keep each group's table of codes in bounds."""
    code_bytes = codes[0].nbytes
    if (positions.max() + 1) * code_bytes <= MAX_TABLE_BYTES:
        return [positions]
    groups = -(-positions.size * code_bytes // MAX_TABLE_BYTES)
    return np.array_split(positions, min(groups, len(positions)))


def _only(positions):
    """Those positions that occur, and where among them each one stands."""
    occurs = np.zeros(positions.max() + 1, dtype=bool)
    occurs[positions] = True
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[positions]


def _counted(progress, total):
    done = 0

    def report(images):
        nonlocal done
        done += images
        if progress is not None:
            progress(done, total)

    return report


def _reduce_in_pieces(codes, positions, reduce):
    point_bytes = positions[0].size * codes[0].nbytes
    points = max(1, MAX_GATHERED_BYTES // point_bytes)
    return [
        reduce(codes[positions[start : start + points]])
        for start in range(0, len(positions), points)
    ]
