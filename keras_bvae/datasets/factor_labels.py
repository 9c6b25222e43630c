"""What a factor's classes are called, and whether they have an order."""

import math

from keras_bvae.datasets.sprites.sprite_geometry import SHAPE_NAMES

# Factors whose classes have no order, even where numbers name them: the last word.
_CATEGORIES = ("shape", "label", "class", "category", "kind", "type", "digit", "folder")


def factor_labels(dataset, name):
    """The names of a factor's classes, and whether their order means something.

    Args:
        dataset: a data set with factors.
        name: str, one of them.

    Returns:
        `(labels, is_ordered)`: a tuple of str, the values that a table gives, the
        shapes of dSprites, or the classes' numbers; and a bool, False for words and for
        a factor that is called a shape, label, class, category, kind, type, digit or
        folder.
    """
    size = dataset.factor_sizes[dataset.factor_names.index(name)]
    values = dataset.factor_values.get(name, ())
    if not values and name == "shape" and "dsprites" in dataset.name and size == 3:
        values = SHAPE_NAMES
    if len(values) != size:
        values = range(size)
    labels = tuple(str(value) for value in values)
    is_category = name.lower().split("_")[-1] in _CATEGORIES
    return labels, not is_category and all(map(_is_number, labels))


def _is_number(text):
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
