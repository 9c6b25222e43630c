"""The disentanglement metric during `fit`, with current weights."""

import warnings

import keras

from keras_bvae.callbacks.batch_count import BatchCount
from keras_bvae.errors import InvalidValue, NonFiniteCodes
from keras_bvae.evaluation.evaluate_model import scored_part
from keras_bvae.metrics.catalog import METRICS
from keras_bvae.metrics.score import Score
from keras_bvae.models.model_rules import static_input_shape
from keras_bvae.rules import require_whole

_ADVICE = "Use 1 to score every time."


class DisentanglementMetric(keras.callbacks.Callback):
    """Scores the model with its current weights while `fit` runs.

    The score goes into the logs of the epoch, so into `fit`'s history, under the
    metric's name ("beta_vae_score"). Put this callback before those that read it:
    `ModelCheckpoint(monitor="beta_vae_score", mode="max", save_best_only=True)`,
    `EarlyStopping`, `CSVLogger`. As Keras does with `validation_freq`, an epoch in
    which nothing was scored has no entry: such epochs do not count against
    `EarlyStopping`'s patience, and `CSVLogger` writes "NA"; but it takes its columns
    from the first epoch, so score that one or read `results`.

    Codes are the means, `model.encode(images)[0]`. If they are not finite, training has
    diverged: a warning, no entry, and `fit` goes on as its other callbacks decide.

    Args:
        dataset: a data set with images of the model's size, and factors where the
            metric needs them.
        metric: a name of `keras_bvae.metrics.METRICS`, as "beta_vae" or "mig", or a
            function `(encode, dataset)` to `Score`.
        every_epochs: int, score at the end of every so many epochs.
        every_batches: None or int: score after every so many batches instead, and log
            the last score of each epoch. With `steps_per_execution` the score comes at
            the end of the execution in which it was due.
        protocol: None: a quick form of `locatello2019` ("custom"): 5,000 images, and
            half the points. Or the name of a protocol in full.
        seed: int >= 0, the same for each score, so that only the model changes.
        verbose: 1 prints each score.
        **settings: what should differ from the protocol.

    Attributes:
        results: list of `(when, Score)`: epochs done, or with `every_batches` batches
            done, counted from the model's own `step` where it has one.
        most_results: None or int >= 1, how many of them stay, the last ones. All of a
            long training go into each of its checkpoints.

    Raises:
        ValueError: the data set lacks the factors that the metric needs, an argument
            is out of range, or, as training begins, the model cannot encode the data
            set's images.
    """

    most_results = None

    def __init__(
        self,
        dataset,
        metric="beta_vae",
        every_epochs=1,
        every_batches=None,
        protocol=None,
        seed=0,
        verbose=0,
        **settings,
    ):
        super().__init__()
        require_whole("every_epochs", every_epochs, 1, advice=_ADVICE)
        require_whole("every_batches", every_batches, 1, advice=_ADVICE, optional=True)
        if every_batches is not None:
            # Not a method of the class: a callback with a batch hook makes Keras wait
            # for each batch, also where it is not needed.
            self.on_train_batch_end = self._after_batch
            self.every_steps = every_batches  # `fit` may take that many at once
            self.steps_counted = "model"
        self.dataset, self._given = dataset, None
        self.every_epochs = every_epochs
        self.every_batches = every_batches
        self.verbose = verbose
        self.results = []
        self._score = _scorer(metric, dataset, protocol, seed, settings)
        self._count = BatchCount()
        self._last_of_epoch = None

    def on_train_begin(self, logs=None):
        # `self.model` puts the weights back on JAX: read it here and to score only,
        # and keep no reference, which would go stale.
        model = self.model
        _require_same_images(model, self.dataset)
        self._count.begin(model)

    def on_epoch_begin(self, epoch, logs=None):
        if not self._count.begin_epoch():
            self._last_of_epoch = None

    def _after_batch(self, batch, logs=None):
        before, done = self._count.advance(batch, (self.params or {}).get("steps"))
        if done // self.every_batches > before // self.every_batches:
            self._evaluate(done, f"batch {done}")

    def on_epoch_end(self, epoch, logs=None):
        done = epoch + 1
        if self.every_batches is None and done % self.every_epochs == 0:
            self._evaluate(done, f"epoch {done}")
        if self._last_of_epoch is not None and logs is not None:
            logs[self._last_of_epoch.name] = float(self._last_of_epoch)

    def get_state(self):
        """What `ExactResume` saves, for JSON: the scores, and where in the epoch."""
        last = self._last_of_epoch if self.every_batches else None
        count = self._count.state()
        return {
            "results": [[when, score.as_dict()] for when, score in self.results],
            "batches": count["done"],
            "batches_before_epoch": count["before_epoch"],
            "last_of_epoch": None if last is None else last.as_dict(),
        }

    def set_state(self, state):
        """Takes back what `get_state` gave."""
        self.results = [(when, Score(**score)) for when, score in state["results"]]
        self._let_go()
        count = {
            "done": state["batches"],
            "before_epoch": state["batches_before_epoch"],
        }
        self._count.restore(count, (self.params or {}).get("steps"))
        last = state["last_of_epoch"]
        self._last_of_epoch = None if last is None else Score(**last)

    def _let_go(self):
        if self.most_results is not None:
            del self.results[: -self.most_results]

    def _seen_by(self, model):
        """The data set with the model's condition, and without its factors."""
        if not getattr(model, "condition", None):
            return self.dataset
        if self._given is None:
            self._given = scored_part(model.conditioned(self.dataset))
        return self._given

    def _evaluate(self, when, place):
        model = self.model
        try:
            score = self._score(
                lambda images: model.encode(images)[0], self._seen_by(model)
            )
        except NonFiniteCodes as error:
            warnings.warn(f"No score after {place}: {error}", stacklevel=2)
            return
        if not isinstance(score, Score):
            raise InvalidValue(
                "A metric must return a keras_bvae.metrics.Score; received a "
                f"{type(score).__name__}. Give it a name and a score there."
            )
        self.results.append((when, score))
        self._let_go()
        self._last_of_epoch = score
        if self.verbose:
            print(f"\n{place}: {score}")


def _scorer(metric, dataset, protocol, seed, settings):
    """Function from `encode` to `Score`, its settings seen to now."""
    if callable(metric):
        if protocol is not None or settings:
            raise InvalidValue(
                "A metric given as a function must bring its own settings; received "
                f"protocol={protocol!r}, settings={settings!r}. Bind them with "
                "functools.partial."
            )
        return metric
    if metric not in METRICS:
        raise InvalidValue(
            f"`metric` must be one of {', '.join(map(repr, METRICS))} or a function; "
            f"received metric={metric!r}. A function takes (encode, dataset) and "
            "returns a Score."
        )
    named = METRICS[metric]
    if protocol is None:
        protocol, settings = "locatello2019", {**named.quick, **settings}
    named.settings(dataset, protocol, seed, **settings)
    return lambda encode, dataset: named.score(
        encode, dataset, protocol=protocol, seed=seed, progress=None, **settings
    )


def _require_same_images(model, dataset):
    shape = static_input_shape(getattr(model, "encoder", None))
    if shape is None:
        _require_encoding(model, dataset)
    elif tuple(shape) != tuple(dataset.image_shape):
        raise InvalidValue(
            "The model must take images of the data set's size; received a model for "
            f"{tuple(shape)} and {dataset.name} with {tuple(dataset.image_shape)}. "
            "Score on the data set that the model is trained on."
        )


def _require_encoding(model, dataset):
    """Encodes one image, as nothing else tells what the model takes."""
    try:
        model.encode(dataset.images_at([0]))
    except Exception as error:  # each backend has its own class for a wrong shape
        raise InvalidValue(
            "The model must have encode(images) that takes the data set's images, "
            f"(n, {', '.join(map(str, dataset.image_shape))}); received "
            f"{type(model).__name__}, which failed with {type(error).__name__}: "
            f"{error}. Score on the data set that the model is trained on."
        ) from error
