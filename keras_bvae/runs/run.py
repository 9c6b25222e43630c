"""A whole training run: settings in, a folder with a checkpoint and a record out."""

import warnings
from datetime import UTC, datetime

import keras

from keras_bvae import networks
from keras_bvae.datasets.condition import require_condition
from keras_bvae.errors import InvalidValue
from keras_bvae.evaluation import require_same_size
from keras_bvae.metrics.catalog import METRICS
from keras_bvae.models.checkpoint import load_checkpoint
from keras_bvae.models.standardization import Standardization
from keras_bvae.networks.making import layers_in, weights_from
from keras_bvae.rules import shown
from keras_bvae.runs.checkpoint_of_run import require_checkpoint_of_run
from keras_bvae.runs.initial_weights import begin_with, begun_with_before
from keras_bvae.runs.learning_rates import learning_rate_of
from keras_bvae.runs.length import LOG_PERIOD, lengthened, with_steps
from keras_bvae.runs.objectives import OBJECTIVES
from keras_bvae.runs.options import make_model
from keras_bvae.runs.run_folder import RunFolder, environment
from keras_bvae.runs.settings import PRECISIONS, Settings
from keras_bvae.runs.stretch import Stretch, least_of
from keras_bvae.runs.training_parts import parts_of, require_held_out


def build_model(settings, dataset):
    """The compiled, untrained model of a run.

    Args:
        settings: `Settings`.
        dataset: the part of the data that trains, for the image shape and the number
            of images; `epochs` are passes over it.

    Returns:
        A `VariationalAutoencoder`.

    Raises:
        ValueError: the network does not fit the images.
    """
    if settings.steps is None:
        settings = with_steps(settings, max(len(dataset) // settings.batch_size, 1))
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
        categories=getattr(dataset, "categories", ()),
        standardization=_standardization(settings, dataset),
        seed=settings.seed,
        **condition,
    )
    optimizer = keras.optimizers.get(settings.optimizer)
    optimizer.learning_rate = learning_rate_of(settings)
    further = {}
    if settings.discriminator_learning_rate is not None:
        further["discriminator_optimizer"] = keras.optimizers.Adam(
            settings.discriminator_learning_rate, beta_1=0.5, beta_2=0.9
        )
    model.compile(optimizer, **further)
    return model


def _standardization(settings, dataset):
    """Of what are no images, under the Gaussian likelihood; by what is trained on."""
    is_plain = dataset.kind == "images" or settings.likelihood == "bernoulli"
    return None if is_plain else Standardization.of(dataset)


def training_batches(settings, dataset):
    """What a run's steps train on: images, or pairs where the objective asks for them.

    Args:
        settings: `Settings`.
        dataset: the part of the data that trains.

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


def _require_score(dataset):
    """Raises where the β-VAE score cannot be measured while a run trains.

    Raises:
        InvalidValue: there are no two factors that vary.
    """
    dataset.require_factors("A score during training")
    if not METRICS["beta_vae"].has_input(dataset):
        raise InvalidValue(
            "A score during training tells two factors or more apart; received "
            f"{dataset.name}, of which {', '.join(dataset.factor_names)} alone varies. "
            "Leave --metric-every out."
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
    training, held_out = parts_of(settings, dataset)
    batches = training_batches(settings, training)
    settings = with_steps(settings, batches.batches_per_pass)
    if settings.metric_every:
        _require_score(dataset)
    model = build_model(settings, training)
    _require_data(model, batches, settings, held_out)
    origin = begin_with(model, settings.init_from)
    run.require_no_run()
    dataset.prepare(progress)  # damaged images show here: before anything is made
    run.create()
    record = {
        "settings": settings.to_dict(),
        **environment(),
        "images": len(dataset),
        **origin,
        "started": _now(),
        "status": "running",
        "step": 0,
        "seconds": 0.0,
    }
    with run.alone():
        run.require_no_run()
        stretch = Stretch(run, record, settings, dataset, model, batches, held_out)
        return stretch.train(callbacks)


def resume_run(folder, dataset, steps=None, callbacks=(), progress=None, epochs=None):
    """Goes on from a run's last checkpoint, as if it had not been interrupted.

    Args:
        folder: the run's folder.
        dataset: the data set that the run's settings name.
        steps: the step to train to; None: as the run was set up.
        callbacks, progress: as for `start_run`.
        epochs: int, in place of `steps`: passes over the part that trains. One of the
            two lets a run that was stopped early go on, with new patience.

    Returns:
        The trained model, at once if only the run's results are missing.

    Raises:
        As `start_run`; ValueError too if the run is at that step already and has
        its results.
    """
    run = RunFolder(folder)
    run.read()
    with run.alone():
        return _resumed(run, dataset, (steps, epochs), callbacks, progress)


def _resumed(run, dataset, length, callbacks, progress):
    record = run.read()
    settings = Settings(**record["settings"])
    training, held_out = parts_of(settings, dataset)
    batches = training_batches(settings, training)
    settings = lengthened(settings, *length, batches.batches_per_pass)
    goes_on = length != (None, None)
    model = build_model(settings, training)
    if run.checkpoint.exists():  # else: killed before the first checkpoint
        made, model = model, load_checkpoint(run.checkpoint)
        require_same_size(model, dataset)
        require_checkpoint_of_run(run.checkpoint, model, made, settings)
        _go_on_with_rates(model, settings)
        del made
    else:
        begun_with_before(model, settings.init_from, record)
    _require_data(model, batches, settings, held_out)
    step = _step_of(model)
    is_stopped = not goes_on and _stopped_at(run) == step
    is_done = step == settings.steps or is_stopped
    if step > settings.steps or (is_done and record.get("results") is not None):
        how = ", where early stopping ended it" if is_stopped else ""
        raise InvalidValue(
            f"A run is resumed to a step beyond its last; {str(run.path)!r} is at step "
            f"{step} of {settings.steps} already{how}. Give --steps above that to "
            "train on."
        )
    _warn_of_another_backend(record, step)
    _warn_of_other_data(record, dataset)
    rows = run.read_history(step)
    if not is_done:
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
    for name in ("results", "reason", "best", "stopped_early"):
        record.pop(name, None)
    dataset.prepare(progress)
    parts = dataset, model, batches, held_out
    rest = Stretch(run, record, settings, *parts, step, rows, goes_on)
    return rest.train(callbacks)


def _require_data(model, batches, settings, held_out):
    model.require_training_data(batches, settings.batch_size)
    if held_out is not None:
        require_held_out(model, held_out)


def _go_on_with_rates(model, settings):
    """A schedule takes the steps that the run has now, not those of the file."""
    rate = learning_rate_of(settings)
    if callable(rate):
        model.optimizer.learning_rate = rate


def _stopped_at(run):
    least = least_of(run)
    return None if least is None else least["stopped_at"]


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
