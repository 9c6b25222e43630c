"""Codes of several sets of images, each image encoded once for all of them."""

import numpy as np

from keras_bvae.metrics.sampling import encoding


def with_known_codes(encode, dataset, indices, batch_size=1024, progress=None):
    """Encodes images beforehand, if the codes of the whole data set fit into a table.

    `reduce_codes` wants points of one shape. A metric with two kinds of points calls
    it twice, each time with what comes back from here.

    Args:
        encode: function, uint8 images `(n, height, width, channels)` to codes
            `(n, latent_dim)`, or anything with `codes_at(indices, progress)`.
        dataset: has `images_at(indices)` and `len()`.
        indices: list of int arrays, every image that will be asked for.
        batch_size: int, images per call of `encode`.
        progress: None or function `(images encoded, images in all)`.

    Returns:
        `(encoded, count)`: something with `codes_at` that knows all these images, and
        how many different ones they are. If the table would exceed
        `encoding.MAX_TABLE_BYTES`, `encoded` is the function itself; it has then
        encoded one batch in vain, and reports no progress.

    Raises:
        ValueError: `encode` returned something else than finite codes, one row each,
            or `batch_size` is no whole number above 0.
    """
    # `unique` takes half a second for a million indices.
    is_wanted = np.zeros(len(dataset), dtype=bool)
    for part in indices:
        is_wanted[part] = True
    distinct = np.flatnonzero(is_wanted)
    if not hasattr(encode, "codes_at"):
        encode = _kept_if_it_fits(encode, dataset, distinct, batch_size)
    if hasattr(encode, "codes_at"):
        encode.codes_at(distinct, progress)
    return encode, int(distinct.size)


def _kept_if_it_fits(encode, dataset, distinct, batch_size):
    ready = []

    def encode_unless_ready(images):
        return ready.pop() if ready else encode(images)

    encoded = encoding.EncodedImages(encode_unless_ready, dataset, batch_size)
    # The first batch tells the length of a code, and is not encoded again.
    first = encoding.encode_batch(encode, dataset, distinct[:batch_size])
    if len(dataset) * first[0].nbytes > encoding.MAX_TABLE_BYTES:
        return encode
    ready.append(first)
    return encoded


class CodesOfSome:
    """Codes of some images, in a table that threads may read at once.

    Args:
        indices: int array, `(n,)`, different images.
        codes: array, `(n, latent_dim)`.
    """

    def __init__(self, indices, codes):
        self._order = np.argsort(indices)
        self._sorted, self._codes = np.asarray(indices)[self._order], codes

    def codes_at(self, indices, progress=None):
        """Codes by the images' numbers, all of them known: `(*shape, latent_dim)`."""
        places = np.searchsorted(self._sorted, indices)
        return self._codes[self._order[places]]
