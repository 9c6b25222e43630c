"""What users hand to `compile`, `fit` and `evaluate`, made to mean what they expect."""

import numpy as np

from keras_bvae.datasets.image_batches import ImageBatches
from keras_bvae.engine import engine
from keras_bvae.models.fused_fit import FusedFit


class TrainingArguments(FusedFit):
    """Mixin before `keras.Model` for a model with an objective of its own."""

    def compile(self, optimizer="adam", **kwargs):
        """As `keras.Model.compile`, but the objective is the model's own.

        Raises:
            ValueError: `loss` or metrics were given, or `jit_compile` on PyTorch.
        """
        _require_own_objective(kwargs)
        _require_compilable(kwargs.get("jit_compile"))
        super().compile(optimizer=optimizer, **kwargs)
        if self.built:
            self._build_optimizer()

    def fit(self, x=None, y=None, *args, **kwargs):
        """As `keras.Model.fit`; x: images, or batches of them; y is ignored.

        `dataset.batches(…)` train fastest: see `FusedFit`.

        `sample_weight` works without y (Keras alone would drop it in silence).

        Raises:
            ValueError: x is an array of the wrong shape or outside its range.
        """
        y = _placeholder_target(x, y, kwargs.get("sample_weight"))
        kwargs["validation_data"] = _weighted_validation(kwargs.get("validation_data"))
        self._require_images(x)
        self.require_training_data(x, _batch_size_of(x, args, kwargs))
        if isinstance(x, ImageBatches):
            if self.can_feed(x, kwargs.get("callbacks")):
                return self.fit_on_feed(x, y, *args, **kwargs)
            # One stream from epoch to epoch here as well.
            kwargs.update(x.fit_arguments(kwargs.get("steps_per_epoch")))
            x = kwargs.pop("x")
        return super().fit(x, y, *args, **kwargs)

    def evaluate(self, x=None, y=None, *args, **kwargs):
        """As `keras.Model.evaluate`; see `fit`."""
        y = _placeholder_target(x, y, kwargs.get("sample_weight"))
        self._require_images(x)
        return super().evaluate(x, y, *args, **kwargs)


def _batch_size_of(x, args, kwargs):
    """Images of a batch, as Keras would cut them; None where only x knows."""
    if isinstance(x, ImageBatches):
        return x.batch_size
    if not hasattr(x, "ndim"):
        return None
    given = args[0] if args else kwargs.get("batch_size")
    return min(given or 32, len(x))


def _require_own_objective(arguments):
    """Raises if `compile` was given a loss or metrics, which would be ignored.

    Raises:
        ValueError: it was.
    """
    for name in ("loss", "loss_weights", "metrics", "weighted_metrics"):
        if arguments.get(name) is not None:
            raise ValueError(
                f"This model brings its own objective, so `compile` takes no `{name}`; "
                f"received {name}={arguments[name]!r}. Leave it out; to log more, use "
                "a callback such as keras_bvae.callbacks.DisentanglementMetric."
            )


def _require_compilable(jit_compile):
    """Raises for `jit_compile=True` where the step cannot be compiled usefully.

    Raises:
        ValueError: PyTorch, whose compiler breaks the step into pieces and takes
            minutes to do so.
    """
    if jit_compile is True and engine.BACKEND == "torch":
        raise ValueError(
            "`jit_compile=True` works on the jax and tensorflow backends only; "
            "received it on torch, where torch.compile takes minutes and falls back "
            'to eager mode. Leave it at "auto".'
        )


def _placeholder_target(x, y, sample_weight):
    """A y of width 0, where weights come without one; else y as it is.

    Keras drops sample weights in silence if y is None.
    """
    if y is not None or sample_weight is None:
        return y
    return np.zeros((len(x), 0), "uint8")


def _weighted_validation(data):
    """`validation_data` with a placeholder y where it holds weights without one."""
    if not isinstance(data, (tuple, list)) or len(data) != 3:
        return data
    x, y, sample_weight = data
    return x, _placeholder_target(x, y, sample_weight), sample_weight
