"""A condition: classes that encoder and decoder are told, beside images and codes."""

import math

import numpy as np
from keras import ops

from keras_bvae.datasets.changes.conditioned import conditioned
from keras_bvae.datasets.condition import as_condition, condition_of, require_condition
from keras_bvae.datasets.image_batches import ImageBatches
from keras_bvae.datasets.images import as_array, dtype_name
from keras_bvae.engine.watched_stream import has_values
from keras_bvae.errors import InvalidValue
from keras_bvae.models import model_rules as rules
from keras_bvae.rules import shown


class Conditioning:
    """Mixin before `keras.Model`: p(image | code, class) and q(code | image, class).

    A condition is the class of one factor or label, or of several. Networks take it
    as one-hot vectors, side by side, as a second input. The prior of codes does not
    depend on it.

    Source: Sohn, Lee & Yan 2015 (NeurIPS), equation 4, the objective, here with a prior
    that is the same for each condition; Kingma et al. 2014 (arXiv:1406.5298), model M2
    where every label is known.
    """

    condition = None
    """None, or a dict: the name of each factor that is a condition, and its size."""

    def _condition_on(self, condition):
        self.condition = as_condition(condition)

    @property
    def condition_width(self):
        """How long the one-hot vectors of a condition are together; 0: no condition."""
        return sum((self.condition or {}).values())

    def _condition_config(self):
        if self.condition is None:
            return {}
        return {"condition": [list(item) for item in self.condition.items()]}

    def one_hot(self, labels):
        """A condition as networks take it.

        Args:
            labels: tensor `(batch, factors)` or `(batch,)` of classes; of a model
                without a condition, whatever it is given as y.

        Returns:
            Tensor `(batch, condition_width)`, float32; None without a condition.

        Raises:
            ValueError: there is no such tensor.
        """
        if self.condition is None:
            return None
        labels = self._columns(labels)
        columns = [
            ops.one_hot(labels[:, column], size, dtype="float32")
            for column, size in enumerate(self.condition.values())
        ]
        return ops.concatenate(columns, axis=-1)

    def _columns(self, labels):
        if labels is None:
            raise self._missing()
        labels = ops.convert_to_tensor(labels)
        self._require_label_shape(labels.shape)
        return ops.reshape(ops.cast(labels, "int32"), (-1, len(self.condition)))

    def images_and_condition(self, inputs):
        """What the model is called with, taken apart: images, and one-hot or None."""
        if self.condition is None:
            return inputs, None
        images, labels = self._image_and_label(inputs)
        return images, self.one_hot(labels)

    def _image_and_label(self, inputs):
        if not isinstance(inputs, list | tuple) or len(inputs) != 2:
            raise self._missing()
        return inputs

    def with_condition(self, images, condition=None):
        """What networks are called with: images or codes, and their condition if any.

        Args:
            images: tensor, `(batch, …)`.
            condition: tensor `(batch, condition_width)`, one-hot.
        """
        return images if condition is None else [images, condition]

    def conditioned(self, dataset):
        """A data set whose images bring this model's condition along.

        Args:
            dataset: Dataset.

        Returns:
            The data set itself, of a model without a condition.

        Raises:
            ValueError: it has no such factor or label, or not of that many classes.
        """
        if self.condition is None or dataset is None:
            return dataset
        there = require_condition(dataset, self.condition)
        if there != self.condition:
            raise InvalidValue(
                f"The condition's classes must be those of the model, "
                f"{_in_words(self.condition)}; received {dataset.name} with "
                f"{_in_words(there)}. Name the data that it was trained on."
            )
        return conditioned(dataset, tuple(self.condition))

    def condition_of(self, images, condition=None, count=None):
        """The condition of some images as one row of classes each.

        Args:
            images: what is encoded; it may bring its condition along.
            condition: array `(n,)` or `(n, factors)` of classes, or one for all: an int
                or a row `(factors,)`; None: what `images` bring along.
            count: int, how many rows are needed; None: as many as images.

        Returns:
            int64 array `(n, factors)`; None for a model without a condition.

        Raises:
            ValueError: it is missing, there is another number of rows, a class does
                not exist; or the model has no condition, and one is given.
        """
        if self.condition is None:
            if condition is not None:
                raise InvalidValue(
                    "This model has no condition; received condition="
                    f"{shown(condition)}. Leave it out, or train one with condition=…"
                )
            return None
        if condition is None:
            condition = condition_of(images)
        count = len(images) if count is None else count
        factors = len(self.condition)
        if condition is None:
            raise self._missing()
        classes = _as_classes(condition, self._advice())
        one_for_all = classes.ndim == 0 or classes.shape == (factors,) != (count,)
        if one_for_all and classes.size == factors:
            classes = np.tile(classes.reshape(1, factors), (count, 1))
        self._require_label_shape(classes.shape, count)
        classes = classes.reshape(count, factors)
        self._require_classes(classes)
        return classes

    def decoding(self, condition=None):
        """`decode` with the condition held: a function of codes alone.

        Args:
            condition: one for all codes, see `condition_of`; None without a condition.
        """
        if self.condition is None:
            return self.decode
        return lambda codes: self.decode(codes, condition=condition)

    def some_conditions(self, most):
        """Conditions to draw by: all there are, or `most` of them, evenly apart.

        Returns:
            int64 array `(count, factors)`.
        """
        sizes = tuple(self.condition.values())
        count = math.prod(sizes)
        chosen = np.linspace(0, count - 1, min(count, most)).round().astype(np.int64)
        return np.stack(np.unravel_index(chosen, sizes), axis=-1)

    def condition_words(self, classes):
        """One row of classes in words: `shape 2, scale 5`."""
        pairs = zip(self.condition, classes, strict=True)
        return ", ".join(f"{name} {int(number)}" for name, number in pairs)

    def one_hot_array(self, classes):
        """As `one_hot`, of a NumPy array, or None."""
        if classes is None:
            return None
        eyes = (np.eye(size, dtype="float32") for size in self.condition.values())
        return np.concatenate(
            [eye[column] for eye, column in zip(eyes, classes.T, strict=True)], axis=-1
        )

    # ---- what arrives as y ---------------------------------------------------------

    def _labels_for(self, x, y):
        """`fit`'s y, or what x brings along; looked at, unless x is a stream."""
        if self.condition is None:
            return y
        if isinstance(x, ImageBatches):
            self._require_condition_of(x)
        elif hasattr(x, "shape"):
            y = condition_of(x) if y is None else y
            self._require_labels(y, len(x))
        return y

    def _labelled_validation(self, data):
        """`validation_data`, its condition looked at where it is an array."""
        if self.condition is None or data is None:
            return data
        x, y = rules.images_of(data), rules.labels_of(data)
        labels = self._labels_for(x, y)
        if labels is None or not hasattr(x, "shape"):
            return data
        rest = data[2:] if isinstance(data, list | tuple) else ()
        return (x, labels, *rest)

    def _predict_given(
        self, x, batch_size=None, verbose="auto", condition=None, **more
    ):
        if isinstance(x, list | tuple) and len(x) == 2 and condition is None:
            x, condition = x
        if not rules.is_array(x):
            raise InvalidValue(
                "`predict` of a model with a condition takes an array of images; "
                f"received {type(x).__name__}. Give it predict(images, condition=…)."
            )
        batch_size = batch_size or 32
        codes, _ = self.encode(x, batch_size, condition)
        return self.decode(codes, batch_size, self.condition_of(x, condition))

    def _require_condition_of(self, batches):
        if batches.condition is None:
            raise self._missing("Use dataset.batches(…, condition=…).")
        there = require_condition(batches.dataset, batches.condition)
        if tuple(there.values()) != tuple(self.condition.values()):
            raise InvalidValue(
                f"Batches must have the model's condition, {_in_words(self.condition)};"
                f" received {_in_words(there)} of {batches.dataset.name}. Use "
                "dataset.batches(…, condition=…)."
            )

    def _require_labels(self, labels, count=None):
        """Raises unless these are a condition for each image.

        Args:
            labels: array, tensor, or the description of one.
            count: int, how many images there are, or None.

        Raises:
            ValueError: they are missing, of another number, or no classes.
        """
        if self.condition is None:
            return
        if labels is None or not hasattr(labels, "shape"):
            labels = None if labels is None else _as_classes(labels, self._advice())
        if labels is None:
            raise self._missing()
        self._require_label_shape(labels.shape, count)
        if not dtype_name(labels.dtype).startswith(("int", "uint", "float", "bfloat")):
            labels = _as_classes(labels, self._advice())
        if has_values(labels):
            classes = _as_classes(labels, self._advice())
            self._require_classes(classes.reshape(-1, len(self.condition)))

    def _require_label_shape(self, shape, count=None):
        if shape is None or getattr(shape, "rank", 0) is None:
            return
        shape, factors = tuple(shape), len(self.condition)
        is_right = len(shape) == 2 and shape[1] in (factors, None)
        is_right = is_right or (len(shape) == 1 and factors == 1)
        is_known = None not in (count, shape[0])
        if not is_right or (is_known and shape[0] != count):
            rows = "n" if count is None else f"{count:,}"
            raise InvalidValue(
                f"A condition must be classes of the shape ({rows}, {factors}), of "
                f"{_in_words(self.condition)}; received the shape {shape}. "
                f"{self._advice()}"
            )

    def _require_classes(self, classes):
        for (name, size), column in zip(self.condition.items(), classes.T, strict=True):
            outside = column[(column < 0) | (column >= size)]
            if len(outside):
                raise InvalidValue(
                    f"The condition {name} must be a class from 0 to {size - 1}; "
                    f"received {int(outside[0])}. Number the classes from 0."
                )

    def _missing(self, advice=None):
        return InvalidValue(
            f"This model needs a condition for each image, "
            f"{_in_words(self.condition)}; received none. {advice or self._advice()}"
        )

    def _advice(self):
        return (
            "Give class numbers, as y to fit and evaluate, as condition= to the rest, "
            "as --condition to a command; of one-hot rows np.argmax(y, -1)."
        )

    def require_two_inputs(self, network, what):
        """Raises unless a network takes a condition just where the model has one.

        Args:
            network: Keras model.
            what: str, "encoder" or "decoder".

        Raises:
            ValueError: as said.
        """
        count = len(getattr(network, "inputs", None) or ())
        if not count or count == 1 + (self.condition is not None):
            width = network.inputs[1].shape[-1] if count == 2 else None
            if width not in (None, self.condition_width):
                raise InvalidValue(
                    f"The {what}'s second input must be the condition, (batch, "
                    f"{self.condition_width}); received one of (batch, {width}). Build "
                    "network and model with the same condition."
                )
            return
        first = "images" if what == "encoder" else "codes"
        if self.condition is None:
            raise InvalidValue(
                f"The {what} of a model without a condition takes {first} alone; "
                f"received one of {count} inputs. Give the model condition=(classes,)."
            )
        raise InvalidValue(
            f"The {what} of a conditional model takes two inputs, {first} and the "
            f"condition (batch, {self.condition_width}); received one of {count}. "
            "Use networks.build(…, condition=…), or keras.Model([first, condition], …)."
        )


def _as_classes(labels, advice):
    try:
        labels = as_array(labels)
        whole = labels.astype(np.int64)
        are_whole = labels.dtype.kind in "iub" or (
            labels.dtype.kind == "f" and (whole == labels).all()
        )
    except (TypeError, ValueError, OverflowError):
        are_whole = False
    if not are_whole:
        raise InvalidValue(
            "A condition must be class numbers, whole and from 0; received "
            f"{_kind_of(labels)}. {advice}"
        )
    return whole


def _kind_of(labels):
    if not hasattr(labels, "dtype") or labels.shape == ():
        return shown(labels)
    name = dtype_name(labels.dtype)
    return f"an array of {name}" + " with fractions" * name.startswith("float")


def _in_words(condition):
    return ", ".join(f"{name} of {size} classes" for name, size in condition.items())
