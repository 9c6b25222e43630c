"""A condition: the classes of some factors or labels, given to a model with images."""

import numpy as np

from keras_bvae.errors import InvalidValue
from keras_bvae.rules import is_whole, shown

_MOST_CLASSES = 2**16


class GivenImages(np.ndarray):
    """Images that bring their condition along, one row of classes each.

    What a data set gives for a conditional model: `encode` and its like find the
    condition there. A selection along the first axis keeps it; what computes with the
    images, or joins some, gives plain arrays, which have none.

    Attributes:
        condition: int64 array `(n, factors)`; of a single image `(factors,)`; or None.
    """

    condition = None

    def __new__(cls, images, condition):
        images = np.asarray(images).view(cls)
        images.condition = np.asarray(condition, np.int64)
        return images

    def __array_finalize__(self, other):
        self.condition = None

    def __getitem__(self, key):
        part = super().__getitem__(key)
        if self.condition is not None and isinstance(part, GivenImages):
            is_one = self.condition.ndim == 1
            is_row = not isinstance(key, tuple | None) and np.ndim(key) < 2
            if (key is None) if is_one else is_row:
                part.condition = self.condition[key]
        return part


def condition_of(images):
    """The condition that images bring along, or None."""
    return getattr(images, "condition", None)


def classes_of(dataset):
    """What a data set can give as a condition: dict of names to numbers of classes.

    Args:
        dataset: Dataset; its factors, and its labels that are no factors.
    """
    labels = zip(dataset.label_names, dataset.label_sizes, strict=True)
    factors = zip(dataset.factor_names, dataset.factor_sizes, strict=True)
    return {**dict(labels), **dict(factors)}


def condition_at(dataset, indices, names):
    """The classes of some images.

    Args:
        dataset: Dataset.
        indices: int array, shape `(n,)`.
        names: names of factors or labels.

    Returns:
        int64 array, shape `(n, len(names))`.

    Raises:
        ValueError: the data set has no such factor or label.
    """
    require_condition(dataset, names)
    indices = np.asarray(indices)
    columns = {}
    if any(name in dataset.factor_names for name in names):
        factors = dataset.factors_at(indices)
        columns.update(zip(dataset.factor_names, factors.T, strict=True))
    if any(name not in columns for name in names):
        labels = dataset.labels_at(indices)
        columns = {**dict(zip(dataset.label_names, labels.T, strict=True)), **columns}
    return np.stack([columns[name] for name in names], axis=-1).astype(np.int64)


def require_condition(dataset, names):
    """Raises unless a data set has all of these factors or labels, each once.

    Returns:
        dict, the names with their numbers of classes.

    Raises:
        ValueError: it does not, or there is none.
    """
    names = (names,) if isinstance(names, str) else tuple(names or ())
    there = classes_of(dataset)
    if not there:
        raise InvalidValue(
            f"A condition needs factors or labels; received the data set "
            f"{dataset.name}, which has none. {dataset.factors_from}"
        )
    unknown = [name for name in names if name not in there]
    if not names or unknown or len(set(names)) < len(names):
        raise InvalidValue(
            f"A condition must name factors or labels of {dataset.name}, each once; "
            f"received {shown(','.join(map(str, names)))}. It has {', '.join(there)}."
        )
    return {name: there[name] for name in names}


def as_condition(condition):
    """A condition as names and sizes: dict, or None.

    Args:
        condition: None, an int, sizes `(10,)`, a dict `{"shape": 3}` or its items.

    Raises:
        ValueError: it is none of these, or a size is no whole number above 1.
    """
    if condition is None:
        return None
    if is_whole(condition):
        condition = (condition,)
    try:
        items = list(condition.items() if isinstance(condition, dict) else condition)
    except TypeError:
        items = []
    if items and all(is_whole(size) for size in items):
        many = len(items) > 1
        items = [
            (f"label {number}" if many else "label", size)
            for number, size in enumerate(items, 1)
        ]
    are_pairs = all(isinstance(i, list | tuple) and len(i) == 2 for i in items)
    if (
        not items
        or not are_pairs
        or not all(
            isinstance(name, str) and is_whole(size, 2, _MOST_CLASSES)
            for name, size in items
        )
        or len({name for name, _ in items}) < len(items)
    ):
        raise InvalidValue(
            "`condition` must be numbers of classes, each 2 or more, or a dict of "
            f"names and such numbers; received {shown(condition)}. (10,) is one label "
            "of ten classes."
        )
    return {name: int(size) for name, size in items}
