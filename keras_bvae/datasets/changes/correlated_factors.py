"""Two factors that training sees together more often than apart."""

import numpy as np

from keras_bvae.datasets.changes.dataset_view import DatasetView
from keras_bvae.datasets.changes.factor_column import factor_column


class CorrelatedFactors(DatasetView):
    """The same images; training draws two of their factors together.

    An image is drawn with a probability in proportion to exp(-(c1 - c2)² / (2 σ²)).
    Here c1 and c2 are the classes of the two factors, counted evenly from 0 for the
    first to 1 for the last: the line from the first classes to the last ones is the
    most likely, and σ is a share of the range. That is the paper's density with its
    slope α = max c1 / max c2, which is 1 on this scale. All other factors stay uniform
    and independent. The smaller σ, the closer the tie: the paper's studies go from 0.2,
    strong, to 0.7, weak.

    The draw is for training alone: `batches` and the first images of `pair_batches`,
    where they shuffle. A pass draws as many images as there are, with replacement, by
    the seed and the number of the pass. Images by index, factors and the draws of
    metrics stay as they are in `base`, so that scores compare.

    Args:
        base: Dataset with factors.
        first, second: str, two different factors of two classes or more.
        sigma: float > 0.

    Raises:
        ValueError: there is no such factor, it does not vary, they are the same one, or
            sigma is not above 0.

    Source: Träuble et al. 2021 (arXiv:2006.07886), section 3.
    """

    def __init__(self, base, first, second, sigma):
        columns = [factor_column(base, name, "+correlate") for name in (first, second)]
        _require_two_that_vary(base, first, second, columns)
        if not np.isfinite(sigma) or sigma <= 0:
            raise ValueError(
                "+correlate must have a sigma above 0, a share of a factor's range; "
                f"received {sigma:g}. Use 0.2 for a strong tie, 0.7 for a weak one."
            )
        super().__init__(
            base,
            f"correlate={first}:{second}:{sigma:g}",
            f"training draws {first} and {second} together, sigma {sigma:g} of their "
            "range; images by index or factors, and metrics, do not",
        )
        self._columns, self.sigma = columns, float(sigma)
        self._weights = None

    def training_weights(self):
        if self._weights is None:
            sizes = np.array(self.base.factor_sizes)[self._columns]
            classes = self.base.factors_at(np.arange(len(self)))[:, self._columns]
            places = classes / (sizes - 1)
            distance = (places[:, 0] - places[:, 1]) / self.sigma
            weights = np.exp(-0.5 * distance**2)
            before = self.base.training_weights()
            self._weights = weights if before is None else weights * before
        return self._weights


def _require_two_that_vary(base, first, second, columns):
    if first == second:
        raise ValueError(
            f"+correlate must name two different factors; received {first} twice. "
            f"{base.name} has {', '.join(base.factor_names)}."
        )
    for name, column in zip((first, second), columns, strict=True):
        if base.factor_sizes[column] < 2:
            raise ValueError(
                "+correlate must name factors that vary; received "
                f"{name}, which has a single class in {base.name}. Name another one."
            )
