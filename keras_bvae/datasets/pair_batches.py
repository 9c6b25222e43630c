"""Pairs of images that share all but a few factors: weak supervision for Ada-GVAE."""

import math

import numpy as np

from keras_bvae.datasets.image_batches import ImageBatches
from keras_bvae.errors import InvalidValue
from keras_bvae.rules import is_whole

# Keeps the draws of a step apart from those that shuffle the pass of the same number.
# Not 0: NumPy takes the seeds [a, b] and [a, b, 0] for the same.
_PAIR_STREAM = 1
# How often a second image is drawn that a part of a grid does not hold.
_MOST_DRAWS = 100


class PairBatches(ImageBatches):
    """One endless stream of batches of pairs; see `ImageBatches` for its order.

    The first image of each pair is the one that `ImageBatches` serves at that place of
    the stream. The second has the same factors but for k of them, chosen at random,
    each moved to another of its classes, all equally likely. A factor with a single
    class is never chosen. Seconds depend on `seed` and the step, on nothing else.

    The authors' code may draw the old class again, and makes every second pair of its
    k = Rnd differ in one factor at most; here k factors do change, as in their paper.

    Of a part of a grid, as `Dataset.split` makes it, both images are in the part: a
    second one that is not is drawn again. Where a hundred draws find none the pair is
    the first image twice.

    Args:
        dataset: Dataset whose factors form a complete grid, or a part of one.
        batch_size: pairs in a batch.
        changed_factors: int k >= 1, at most the number of factors with several classes;
            None: k drawn for each pair, uniformly from 1 to that number - 1.
        seed, shuffle, first_step, endless: as for `ImageBatches`.

    Raises:
        ValueError: the data set has no factors or not every combination of them, or an
            argument is out of range.

    Source: Locatello et al. 2020 (arXiv:2002.02886), section 5.
    """

    def __init__(
        self,
        dataset,
        batch_size=64,
        changed_factors=1,
        seed=0,
        shuffle=True,
        first_step=0,
        endless=False,
    ):
        _require_complete_grid(dataset)
        sizes = np.asarray(dataset.factor_sizes)
        self._columns = np.flatnonzero(sizes > 1)
        self._sizes = sizes[self._columns]
        _require_changed_factors(changed_factors, dataset, len(self._columns))
        super().__init__(dataset, batch_size, seed, shuffle, first_step, endless)
        self.changed_factors = None if changed_factors is None else int(changed_factors)

    def rows_of_step(self, step):
        """Which images the pairs of a step hold.

        Args:
            step: int >= 0, counted over the whole run.

        Returns:
            int64 array, shape `(batch_size, 2)`.
        """
        firsts = self.indices_of_step(step)
        seconds = self.dataset.partners_of(firsts, self.factors_of_step(step)[:, 1])
        return np.stack([firsts, seconds], axis=1)

    def factors_of_step(self, step):
        """Factors of the pairs that the batch of a training step holds.

        Args:
            step: int >= 0, counted over the whole run.

        Returns:
            int64 array, shape `(batch_size, 2, factors)`.
        """
        rng = np.random.default_rng([self.seed, step, _PAIR_STREAM])
        indices = self.indices_of_step(step)
        firsts = self.dataset.factors_at(indices)
        seconds = self._draw_seconds(rng, firsts)
        lacking = ~self.dataset.has_partners(indices, seconds)
        for _ in range(_MOST_DRAWS):
            if not lacking.any():
                break
            seconds[lacking] = self._draw_seconds(rng, firsts)[lacking]
            lacking = ~self.dataset.has_partners(indices, seconds)
        seconds[lacking] = firsts[lacking]
        return np.stack([firsts, seconds], axis=1)

    def _draw_seconds(self, rng, firsts):
        """Factors of the second images: int64, shape `(batch_size, factors)`."""
        shape = (self.batch_size, len(self._columns))
        # Random ranks: those below k are k columns drawn without replacement.
        ranks = rng.random(shape).argsort(axis=1).argsort(axis=1)
        chosen = ranks < self._draw_counts(rng)[:, None]
        # Never a multiple of the size, so never back to the class it came from.
        shifts = rng.integers(1, self._sizes, size=shape)
        seconds = firsts.copy()
        seconds[:, self._columns] += chosen * shifts
        return seconds % self.dataset.factor_sizes

    def _draw_counts(self, rng):
        """k of each pair: int64, shape `(batch_size,)`."""
        if self.changed_factors is not None:
            return np.full(self.batch_size, self.changed_factors)
        # `integers` leaves its upper end out, so this is 1 … changeable factors - 1.
        return rng.integers(1, max(len(self._columns), 2), size=self.batch_size)

    def _settings(self):
        return {**super()._settings(), "changed_factors": self.changed_factors}


def _require_complete_grid(dataset):
    """Raises unless every combination of the data set's factors has its image.

    Raises:
        ValueError: it has no factors, or not every combination.
    """
    dataset.require_factors("pair_batches")
    if not dataset.gives_pairs:
        raise InvalidValue(
            "pair_batches needs a data set with an image for every combination of its "
            f"factors; received {dataset.name}, whose {len(dataset):,} images leave "
            f"gaps in a grid of {math.prod(dataset.factor_sizes):,} combinations. Use "
            "a complete one, such as dsprites."
        )


def _require_changed_factors(changed_factors, dataset, most):
    """Raises unless `changed_factors` is None or a whole number from 1 to `most`.

    Raises:
        ValueError: it is not, or no factor of the data set can change.
    """
    if most == 0:
        raise InvalidValue(
            "pair_batches needs a factor with two classes or more; received "
            f"{dataset.name}, whose factors have the sizes {dataset.factor_sizes}. Use "
            "a data set whose factors vary, such as dsprites."
        )
    if changed_factors is None or is_whole(changed_factors, 1, most):
        return
    raise InvalidValue(
        f"`changed_factors` must be None or a whole number from 1 to {most}, the "
        f"number of factors of {dataset.name} with several classes; received "
        f"changed_factors={changed_factors!r}. Use 1 for pairs that differ in one "
        "factor, None to draw the number anew for each pair."
    )
