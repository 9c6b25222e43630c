"""A whole training run: settings in, a folder with a checkpoint and a record out."""

import contextlib
import dataclasses
import math
import warnings
from datetime import UTC, datetime

import keras

from keras_bvae import networks
from keras_bvae.callbacks.exact_resume import ExactResume
from keras_bvae.datasets.condition import require_condition
from keras_bvae.engine import engine
from keras_bvae.errors import Diverged, Interrupted, InvalidValue, printable
from keras_bvae.evaluation import require_same_size
from keras_bvae.models.checkpoint import load_checkpoint
from keras_bvae.networks.making import layers_in, weights_from
from keras_bvae.rules import shown
from keras_bvae.runs.checkpoint_of_run import require_checkpoint_of_run
from keras_bvae.runs.objectives import OBJECTIVES
from keras_bvae.runs.options import make_model
from keras_bvae.runs.run_callbacks import (
    HistoryFile,
    StopAt,
    StopOnSignal,
    StopWhenNotFinite,
    asked_callbacks,
)
from keras_bvae.runs.run_folder import RunFolder, environment
from keras_bvae.runs.settings import PRECISIONS, Settings

# Steps between two rows of the history: often enough to plot, rare enough to be free.
LOG_PERIOD = 100


def build_model(settings, dataset):
    """The compiled, untrained model of a run.

    Args:
        settings: `Settings`.
        dataset: the data set, for the image shape and the number of images.

    Returns:
        A `VariationalAutoencoder`.

    Raises:
        ValueError: the network does not fit the images.
    """
    with weights_from(settings.seed), layers_in(PRECISIONS[settings.precision]):
        return _built(settings, dataset)


def _built(settings, dataset):
    condition = {}
    if settings.condition is not None:
        sizes = require_condition(dataset, settings.condition_names)
        condition = {"condition": sizes}
    encoder, decoder = networks.build(
        settings.network, dataset.image_shape, settings.latent_dim, **condition
    )
    model = make_model(
        settings.objective,
        settings.options,
        encoder,
        decoder,
        len(dataset),
        likelihood=settings.likelihood,
        gaussian_scale=settings.gaussian_scale,
        seed=settings.seed,
        **condition,
    )
    optimizer = keras.optimizers.get(settings.optimizer)
    optimizer.learning_rate = settings.learning_rate
    further = {}
    if settings.discriminator_learning_rate is not None:
        further["discriminator_optimizer"] = keras.optimizers.Adam(
            settings.discriminator_learning_rate, beta_1=0.5, beta_2=0.9
        )
    model.compile(optimizer, **further)
    return model


def training_batches(settings, dataset):
    """What a run's steps train on: images, or pairs where the objective asks for them.

    Args:
        settings: `Settings`.
        dataset: the data set.

    Returns:
        `ImageBatches`.

    Raises:
        ValueError: a batch is larger than the data, or pairs cannot be made.
    """
    stream = {"seed": settings.seed, "endless": True}
    if settings.condition is not None:
        stream["condition"] = settings.condition_names
    if not OBJECTIVES[settings.objective].model.trains_on_pairs:
        return dataset.batches(settings.batch_size, **stream)
    return dataset.pair_batches(
        settings.batch_size, settings.changed_factors or None, **stream
    )


def start_run(settings, dataset, folder, callbacks=(), progress=None):
    """Trains a new model in a new folder.

    Args:
        settings: `Settings`.
        dataset: the data set that `settings.data` names.
        folder: path of the folder to make.
        callbacks: more Keras callbacks, a progress bar say.
        progress: None or function `(done, total)`, told how far the images are ready.

    Returns:
        The trained model.

    Raises:
        InvalidValue: settings and data do not fit. Nothing was written then.
        OSError: the folder cannot be made, or holds a run.
        Interrupted: Ctrl-C or SIGTERM came; saved.
        Diverged: the loss is not finite any more; the last good checkpoint stays.
    """
    run = RunFolder(folder)
    batches = training_batches(settings, dataset)
    if settings.metric_every:
        dataset.require_factors("A score during training")
    model = build_model(settings, dataset)
    model.require_training_data(batches, settings.batch_size)
    run.require_no_run()
    dataset.prepare(progress)  # damaged images show here: before anything is made
    run.create()
    record = {
        "settings": settings.to_dict(),
        **environment(),
        "images": len(dataset),
        "started": _now(),
        "status": "running",
        "step": 0,
        "seconds": 0.0,
    }
    with run.alone():
        run.require_no_run()
        stretch = _Run(run, record, settings, dataset, model, batches)
        return stretch.train(callbacks)


def resume_run(folder, dataset, steps=None, callbacks=(), progress=None):
    """Goes on from a run's last checkpoint, as if it had not been interrupted.

    Args:
        folder: the run's folder.
        dataset: the data set that the run's settings name.
        steps: the step to train to; None: as the run was set up.
        callbacks, progress: as for `start_run`.

    Returns:
        The trained model, at once if only the run's results are missing.

    Raises:
        As `start_run`; ValueError too if the run is at that step already and has
        its results.
    """
    run = RunFolder(folder)
    run.read()
    with run.alone():
        return _resumed(run, dataset, steps, callbacks, progress)


def _resumed(run, dataset, steps, callbacks, progress):
    record = run.read()
    settings = Settings(**record["settings"])
    if steps is not None:
        settings = dataclasses.replace(settings, steps=steps)
    batches = training_batches(settings, dataset)
    model = build_model(settings, dataset)
    if run.checkpoint.exists():  # else: killed before the first checkpoint
        made, model = model, load_checkpoint(run.checkpoint)
        require_same_size(model, dataset)
        require_checkpoint_of_run(run.checkpoint, model, made, settings)
        del made
    model.require_training_data(batches, settings.batch_size)
    step = _step_of(model)
    has_results = record.get("results") is not None
    if step > settings.steps or (step == settings.steps and has_results):
        raise InvalidValue(
            f"A run is resumed to a step beyond its last; {str(run.path)!r} is at step "
            f"{step} of {settings.steps} already. Give --steps above that to train on."
        )
    _warn_of_another_backend(record, step)
    _warn_of_other_data(record, dataset)
    rows = run.read_history(step)
    if step < settings.steps:
        # A run that ended within a log period now ends that period.
        rows = [row for row in rows if int(row["step"]) % LOG_PERIOD == 0]
    record["seconds"] = float(rows[-1].get("seconds", 0.0)) if rows else 0.0
    here = environment()
    stretch = {"at": _now(), "step": step, "backend": here["backend"]}
    record = {
        **record,
        "settings": settings.to_dict(),
        **here,
        "images": len(dataset),
        "resumed": [*record.get("resumed", []), stretch],
        "status": "running",
    }
    for name in ("results", "reason"):
        record.pop(name, None)
    dataset.prepare(progress)
    rest = _Run(run, record, settings, dataset, model, batches, step, rows)
    return rest.train(callbacks)


class _Run:
    """One stretch of training, from a first step to the end or to a stop."""

    def __init__(
        self, run, record, settings, dataset, model, batches, first_step=0, rows=()
    ):
        self.folder = run
        self.record = record
        self.settings = settings
        self.dataset = dataset
        self.model = model
        self.batches = batches
        self.first_step = first_step
        self.checkpoints = None
        self.history = HistoryFile(run, settings.steps, rows, record["seconds"])

    def train(self, callbacks):
        """Trains to the end; the record tells how it ended, whatever ends it."""
        self.folder.write(self.record)
        try:
            return self._trained(callbacks)
        except (Interrupted, Diverged):
            raise
        except KeyboardInterrupt:
            self._fail("interrupted", None)
            raise
        except Exception as error:
            self._fail("failed", error)
            raise

    def _trained(self, callbacks):
        last = self.settings.steps
        divergence = StopWhenNotFinite()
        checkpoints = self.checkpoints = ExactResume(
            self.folder.path,
            self.settings.checkpoint_every,
            delete_checkpoint=False,
            file_name=self.folder.checkpoint.name,
        )
        if self.first_step < last:
            with engine.keeping_random(), StopOnSignal() as interruption:
                self.model.fit(
                    self.batches,
                    steps_per_epoch=LOG_PERIOD,
                    epochs=math.ceil(last / LOG_PERIOD),
                    verbose=0,
                    callbacks=[
                        divergence,
                        *self._asked(callbacks),
                        *callbacks,
                        self.history,
                        interruption,
                        StopAt(last),
                        checkpoints,
                    ],
                )
            if divergence.diverged_at is not None:
                self._raise_diverged(divergence.diverged_at, checkpoints.saved_step)
            checkpoints.save()
            step = checkpoints.saved_step
            if interruption.received is not None and step < last:
                self._finish("interrupted", step)
                raise Interrupted(interruption.received, step)
        self._finish("finished", last)
        return self.model

    def _asked(self, callbacks):
        parts = self.settings, self.dataset, self.folder
        return asked_callbacks(*parts, callbacks, self.first_step)

    def _fail(self, status, error):
        """Records why a run ended where it should not have; it can be resumed."""
        if error is not None:
            self.record["reason"] = printable(str(error) or type(error).__name__, 500)
        step = self.checkpoints.saved_step if self.checkpoints is not None else None
        with contextlib.suppress(OSError):  # a full disk: the first error says more
            self._finish(status, self.first_step if step is None else step)

    def _finish(self, status, step):
        self.record["status"] = status
        self.record["step"] = step
        self.record["seconds"] = round(self.history.seconds, 2)
        self.folder.write(self.record)

    def _raise_diverged(self, step, saved_step):
        self._finish("diverged", saved_step)
        raise Diverged(
            "Training needs a finite loss; it became NaN or infinite by step "
            f"{step}. The checkpoint of step {saved_step} is kept in "
            f"{str(self.folder.checkpoint)!r}; try a lower --learning-rate or "
            "--precision float32."
        )


def _warn_of_another_backend(record, step):
    before, now = record["backend"], keras.backend.backend()
    if step and before != now:
        warnings.warn(
            f"This run trained on {shown(before)} to step {step:,} and goes on on "
            f"{now}, whose random numbers are others: exactness ends here.",
            stacklevel=4,
        )


def _warn_of_other_data(record, dataset):
    before, now = record.get("images", len(dataset)), len(dataset)
    if before != now:
        warnings.warn(
            f"This run trained on {before:,} images of {dataset.name}, which has "
            f"{now:,} now: exactness ends here.",
            stacklevel=4,
        )


def _step_of(model):
    return int(keras.ops.convert_to_numpy(model.step))


def _now():
    return datetime.now(UTC).isoformat(timespec="seconds")
