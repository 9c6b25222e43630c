"""The random images that a metric of arrays is computed from."""

from typing import NamedTuple

import numpy as np

from keras_bvae.errors import InvalidValue
from keras_bvae.metrics.protocols import LEAVE_OUT
from keras_bvae.metrics.sampling.answering_factors import protocol_factors
from keras_bvae.rules import require_seed, require_whole

# What is left for testing where a data set is smaller than the protocol's sample.
_TEST_SHARE = 1 / 3


class ArraySample(NamedTuple):
    """Images to train and to test on, by number, and their factors.

    Attributes:
        indices: int array, shape `(train_points + test_points,)`, the train ones first.
        train_points: int.
        factors: int array, shape `(train_points + test_points, factors)`, of those
            that `protocol_factors` names; None where there are none.
        factor_names: tuple of their names.
        are_published: bool, whether they are the protocol's.
    """

    indices: np.ndarray
    train_points: int
    factors: np.ndarray | None
    factor_names: tuple
    are_published: bool = True

    def split(self, rows):
        """The train rows and the test rows of an array."""
        return rows[: self.train_points], rows[self.train_points :]


def array_sample(dataset, train_points=10_000, test_points=5_000, seed=0):
    """Draws different images at random, the same ones for every metric of a seed.

    A data set with fewer images gives all it has, two thirds to train on and a third to
    test on. A record shows the sizes, and its protocol is then "custom".

    Args:
        dataset: has `len()`; with factors also `factors_at(indices)`.
        train_points, test_points: ints >= 1.
        seed: int >= 0.

    Returns:
        `ArraySample`.

    Raises:
        ValueError: fewer than 6 images, or a number out of range.
    """
    require_seed(seed)
    require_whole("train_points", train_points, least=1, advice=LEAVE_OUT)
    require_whole("test_points", test_points, least=1, advice=LEAVE_OUT)
    if len(dataset) < 6:
        raise InvalidValue(
            "There must be at least 6 images to train and test on; received "
            f"{len(dataset)} in {dataset.name}. Use a larger data set."
        )
    if train_points + test_points > len(dataset):
        test_points = max(int(len(dataset) * _TEST_SHARE), 2)
        train_points = len(dataset) - test_points
    rng = np.random.default_rng(seed)
    indices = rng.permutation(len(dataset))[: train_points + test_points]
    if not dataset.has_factors:
        return ArraySample(indices, train_points, None, ())
    names, are_published = protocol_factors(dataset)
    columns = [list(dataset.factor_names).index(name) for name in names]
    factors = np.asarray(dataset.factors_at(indices))[:, columns]
    return ArraySample(indices, train_points, factors, names, are_published)
