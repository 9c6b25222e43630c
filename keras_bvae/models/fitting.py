"""`compile`, `fit` and `evaluate` as users expect them; many steps at a time."""

import inspect

import keras
import numpy as np

from keras_bvae.datasets.image_batches import ImageBatches
from keras_bvae.engine import engine
from keras_bvae.engine.dispatches import Dispatches, dispatches_for
from keras_bvae.engine.feed import Feed, unpacking
from keras_bvae.errors import InvalidValue
from keras_bvae.models import model_rules as rules
from keras_bvae.models.fit_callbacks import FitCallbacks, Ticks
from keras_bvae.models.portable_saving import require_keras_name
from keras_bvae.models.several_devices import require_equal_parts
from keras_bvae.models.strength import require_strengths_of

# Compiled into the step: another one would count on some backends and not on others.
_FIXED = ("encoder", "decoder", "likelihood", "gaussian_scale", "standardization")


class Fitting:
    """Mixin before `keras.Model` for a model that brings its own objective.

    Keras's own `fit` runs: epochs, callbacks, validation and logs are Keras's. Batches
    of a data set, `ImageBatches`, take a faster way through it: Keras gets a train
    function that ignores what it would be fed and runs several steps from a `Feed`
    instead. Keras counts these dispatches; its callbacks hear of steps.
    """

    feed = None
    """The `Feed` of the `fit` that is running, or None."""

    def __setattr__(self, name, value):
        if name in _FIXED and getattr(self, name, value) is not value:
            if getattr(self, "compiled", False):
                raise InvalidValue(
                    f"`{name}` is set when the model is made; received another one "
                    "after `compile`. Make a new model with it."
                )
            self.knows_logits = False
        super().__setattr__(name, value)

    def compile(self, optimizer="adam", **kwargs):
        """As `keras.Model.compile`, but the objective is the model's own.

        Raises:
            ValueError: `loss` or metrics were given, or `jit_compile` on PyTorch.
        """
        _require_own_objective(kwargs)
        _require_compilable(kwargs.get("jit_compile"))
        rules.require_likelihood(self.likelihood, self.gaussian_scale)
        super().compile(optimizer=optimizer, **kwargs)
        self._many_steps = {}
        if self.built:
            self._build_optimizer()

    def fit(self, x=None, y=None, *args, **kwargs):
        """As `keras.Model.fit`; x: images, or batches of them; y is ignored.

        `dataset.batches(…)` train fastest. Of a model with a condition y is the
        condition, class numbers; so it is in `(x, y)` of streams and validation data.

        `sample_weight` works without y (Keras alone would drop it in silence).

        Raises:
            ValueError: images have another shape than the network, another type than
                uint8 or float, or values outside their range: of arrays and tensors,
                and of every batch of a stream.
        """
        arguments = _named(keras.Model.fit, self, x, y, *args, **kwargs)
        rules.require_source(x)
        require_strengths_of(self)
        _require_weights(x, arguments["sample_weight"])
        _require_class_weight(x, y, arguments["class_weight"])
        held_out = _weighted_validation(arguments["validation_data"])
        self._look_ahead(x, training=True)
        self._look_ahead(rules.images_of(held_out))
        y = self._labels_for(x, y)
        arguments["y"] = _placeholder_target(x, y, arguments["sample_weight"])
        held_out = self._labelled_validation(held_out)
        batch_size = _batch_size_of(x, arguments["batch_size"])
        self.require_training_data(x, batch_size)
        require_equal_parts(x, batch_size, arguments["validation_split"])
        _require_savable(arguments["callbacks"])
        with (
            engine.letting_go(),
            self._watching(training=True) as watch,
            self._watching() as other,
        ):
            arguments["validation_data"] = _over(other, held_out)
            if isinstance(x, ImageBatches):
                if self.can_feed(x, arguments["callbacks"]):
                    return self._fit_on_feed(x, arguments)
                # One stream from epoch to epoch here as well.
                arguments.update(x.fit_arguments(arguments["steps_per_epoch"]))
            if not arguments["validation_split"]:
                arguments["x"] = watch.over(arguments["x"])
                if "shuffle" not in kwargs and not _can_shuffle(arguments["x"]):
                    arguments["shuffle"] = False  # else Keras warns of its own default
            return super().fit(**arguments)

    def evaluate(self, x=None, y=None, *args, **kwargs):
        """As `keras.Model.evaluate`; see `fit`."""
        _require_weights(x, kwargs.get("sample_weight"))
        seen = kwargs.get("_use_cached_eval_dataset")
        y = y if seen else self._labels_for(x, y)
        y = _placeholder_target(x, y, kwargs.get("sample_weight"))
        if kwargs.get("_use_cached_eval_dataset"):  # `fit` has seen to it
            return super().evaluate(x, y, *args, **kwargs)
        rules.require_source(x)
        self._look_ahead(x)
        with self._watching() as watch:
            return super().evaluate(watch.over(x), y, *args, **kwargs)

    def predict(self, x, *args, **kwargs):
        """As `keras.Model.predict`; see `fit`.

        A model with a condition takes arrays, and `condition=` classes.
        """
        rules.require_source(x)
        if self.condition is not None:
            return self._predict_given(x, *args, **kwargs)
        self._look_ahead(x)
        with self._watching() as watch:
            return super().predict(watch.over(x), *args, **kwargs)

    def train_on_batch(self, x, y=None, *args, **kwargs):
        """As `keras.Model.train_on_batch`; see `fit`."""
        given = _named(keras.Model.train_on_batch, self, x, y, *args, **kwargs)
        _require_weights(x, given["sample_weight"])
        self._look_ahead(x, training=True)
        require_equal_parts(x, len(x))
        y = self._labels_for(x, y)
        with engine.letting_go(), self._watching():
            return super().train_on_batch(x, y, *args, **kwargs)

    def test_on_batch(self, x, y=None, *args, **kwargs):
        """As `keras.Model.test_on_batch`; see `fit`."""
        given = _named(keras.Model.test_on_batch, self, x, y, *args, **kwargs)
        _require_weights(x, given["sample_weight"])
        self._look_ahead(x)
        y = self._labels_for(x, y)
        with self._watching():
            return super().test_on_batch(x, y, *args, **kwargs)

    def predict_on_batch(self, x, condition=None):
        """As `keras.Model.predict_on_batch`; see `predict`."""
        if self.condition is not None:
            return self._predict_given(x, condition=condition)
        self._look_ahead(x)
        with self._watching():
            return super().predict_on_batch(x)

    def can_feed(self, batches, callbacks=None):
        """Whether `fit` on these batches can take the fast way.

        Not where the user wants each step run eagerly, nor with a `CallbackList` of the
        user's own or a subclass of `ImageBatches` that serves other things than a data
        set's images.
        """
        serves_images = type(batches).batch_of_step is ImageBatches.batch_of_step
        is_own_list = isinstance(callbacks, keras.callbacks.CallbackList)
        if is_own_list or not serves_images or not engine.can_fuse(self):
            return False
        self._build_for(batches.dataset.image_shape)
        return self.built and all(layer.built for layer in self._flatten_layers())

    def make_train_function(self, force=False):
        self._require_decoder()  # of networks that Keras built from a stream
        if self.feed is None:
            return super().make_train_function(force)
        # Before the first step; validation goes by the user's own count.
        self.steps_per_execution = self._own_steps_per_execution
        form = self.feed.form
        key = form, self.feed.dispatches.most, keras.distribution.distribution()
        if key not in self._many_steps:
            self._many_steps[key] = engine.many_steps(self, unpacking(form))
        many_steps = self._many_steps[key]
        last_logs = None

        def train_function(*arguments):
            nonlocal last_logs
            state = arguments[:-1]  # on JAX
            if last_logs is not None and self.feed.is_idle:
                return (last_logs, *state) if state else last_logs
            payload, count = self.feed.next_steps()
            result = many_steps(self.feed.stored, payload, count, *state)
            last_logs = result[0] if state else result
            return result

        self.train_function = train_function

    def _fit_on_feed(self, batches, arguments):
        """`fit` on `ImageBatches`; see `can_feed`.

        Args:
            batches: `ImageBatches`.
            arguments: dict, all of `keras.Model.fit`'s by name.
        """
        in_epoch = arguments["steps_per_epoch"] or batches.batches_per_pass
        epochs = arguments["epochs"] - arguments["initial_epoch"]
        callbacks = keras.tree.flatten(arguments["callbacks"] or [])
        own_count = self.steps_per_execution
        dispatches = Dispatches(own_count, in_epoch)
        if own_count == 1:
            dispatches = dispatches_for(callbacks, in_epoch)
        dispatches.epochs = arguments["epochs"]
        plain_function = self.train_function
        steps = max(epochs, 1) * in_epoch
        self.feed = Feed(batches, steps, dispatches, self._require_stored)
        arguments.update(
            x=Ticks(),
            shuffle=False,
            steps_per_epoch=dispatches.in_an_epoch,
            callbacks=FitCallbacks(
                callbacks,
                add_progbar=arguments["verbose"] != 0,
                verbose=arguments["verbose"],
                epochs=arguments["epochs"],
                steps=in_epoch,
                model=self,
            ),
        )
        # A dispatch is one of Keras's steps; `make_train_function` puts the user's own
        # value back.
        self._own_steps_per_execution = own_count
        self.steps_per_execution = 1
        try:
            return super().fit(**arguments)
        finally:
            self.feed.close()
            self.steps_per_execution = own_count
            self.train_function = plain_function
            self.feed = self._initial_epoch = None


def _require_savable(callbacks):
    """Raises before the first step where a callback would save under a wrong name.

    Raises:
        InvalidValue: it would.
    """
    callbacks = getattr(callbacks, "callbacks", callbacks)  # a list of Keras's own
    for callback in keras.tree.flatten(callbacks or []):
        saves = isinstance(callback, keras.callbacks.ModelCheckpoint)
        if saves and not callback.save_weights_only:
            require_keras_name(callback.filepath)


def _require_own_objective(arguments):
    """Raises if `compile` was given a loss or metrics, which would be ignored.

    Raises:
        ValueError: it was.
    """
    for name in ("loss", "loss_weights", "metrics", "weighted_metrics"):
        if arguments.get(name) is not None:
            raise InvalidValue(
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
        raise InvalidValue(
            "`jit_compile=True` works on the jax and tensorflow backends only; "
            "received it on torch, where torch.compile takes minutes and falls back "
            'to eager mode. Leave it at "auto".'
        )


def _require_weights(x, sample_weight):
    """Raises unless the weights of an array of images are what they must be.

    Raises:
        ValueError: they are not.
    """
    rules.require_weights(sample_weight, len(x) if rules.is_array(x) else None)


def _require_class_weight(x, y, class_weight):
    """Raises unless weights of classes are numbers, and there are classes.

    Raises:
        ValueError: they are not, or arrays come without y.
    """
    if class_weight is None:
        return
    if y is None and rules.is_array(x):
        raise InvalidValue(
            "`class_weight` weighs images by their class, which y tells; received no "
            "y. Give the classes as y, which is used for that alone."
        )
    if isinstance(class_weight, dict):
        rules.require_weights(list(class_weight.values()))


def _can_shuffle(x):
    """Whether Keras puts batches into another order: it can where it has them all."""
    is_finite = isinstance(x, keras.utils.PyDataset) and x.num_batches is not None
    return is_finite or rules.is_array(x)


def _placeholder_target(x, y, sample_weight):
    """A y of width 0, where weights come without one; else y as it is.

    Keras drops sample weights in silence if y is None.
    """
    if y is not None or sample_weight is None or not rules.is_array(x):
        return y
    return np.zeros((len(x), 0), "uint8")


def _weighted_validation(data):
    """`validation_data` with a placeholder y where it holds weights without one."""
    if not isinstance(data, (tuple, list)) or len(data) != 3:
        return data
    x, y, sample_weight = data
    _require_weights(x, sample_weight)
    return x, _placeholder_target(x, y, sample_weight), sample_weight


def _over(watch, validation_data):
    """`validation_data`, its images watched where they are a stream."""
    if isinstance(validation_data, (tuple, list)):
        return (watch.over(validation_data[0]), *validation_data[1:])
    return watch.over(validation_data)


def _named(method, *args, **kwargs):
    """All arguments of a call of Keras's method, by name, but `self`."""
    bound = inspect.signature(method).bind(*args, **kwargs)
    bound.apply_defaults()
    return {name: value for name, value in bound.arguments.items() if name != "self"}


def _batch_size_of(x, given):
    """Images of a batch, as Keras would cut them; None where only x knows."""
    if isinstance(x, ImageBatches):
        return x.batch_size
    if not hasattr(x, "ndim"):
        return None
    return min(given or 32, len(x))
