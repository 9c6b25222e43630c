"""How many images there are, for densities estimated from a batch."""

import numbers


class DatasetSize:
    """Makes an attribute of a model the data set's size: `size = DatasetSize()`.

    A weight, 0 while the size is unknown: one compiled step serves any size. A model
    that is loaded keeps the size it was trained with, until it is assigned another.
    """

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, model, owner=None):
        if model is None:
            return self
        if model._dataset_size_known is None:
            raise ValueError(
                "A density over the data set needs its number of images; received "
                "`dataset_size=None`, and data that has no length. Give the model "
                "dataset_size=737280, say, for dSprites."
            )
        return model._dataset_size

    def __set__(self, model, value):
        if value is not None and (
            not isinstance(value, numbers.Integral)
            or isinstance(value, bool)
            or value < 2
        ):
            raise ValueError(
                "`dataset_size` must be a whole number >= 2, or None; received "
                f"dataset_size={value!r}. Count the images that training draws from."
            )
        if not hasattr(model, "_dataset_size"):
            model._dataset_size = model.add_weight(
                name=self.name, shape=(), initializer="zeros", trainable=False
            )
        model._dataset_size_given = value is not None
        self._know(model, value)

    def _know(self, model, value):
        model._dataset_size_known = None if value is None else int(value)
        model._dataset_size.assign(value or 0)

    def learn_from(self, model, data):
        """Takes the size from what `fit` was given, unless the user named one.

        Raises:
            ValueError: neither is known.
        """
        if model._dataset_size_given:
            return
        count = images_in(data)
        if count is not None:
            self._know(model, count)
        self.__get__(model)  # raises where it is unknown still

    def config_of(self, model):
        """What `get_config` keeps: an int or None."""
        return model._dataset_size_known


def images_in(data):
    """The number of images behind an argument of `fit`, None where it has none."""
    dataset = getattr(data, "dataset", None)
    if hasattr(dataset, "images_at"):
        return len(dataset)
    return len(data) if getattr(data, "ndim", 0) else None
