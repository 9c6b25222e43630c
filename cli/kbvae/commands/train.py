"""`kbvae train`."""

import contextlib
import itertools
from datetime import datetime
from pathlib import Path

import click

from kbvae import names
from kbvae.backend import backend_option, start_keras
from kbvae.finished_run import finish
from kbvae.options import Scale
from kbvae.progress import counting_bar, training_callback
from kbvae.terminal import say

# What may be typed of a run that goes on: how long it is to be in the end.
_LENGTHS = ("steps", "epochs")


def _setting(name, kind, text, **arguments):
    default = names.DEFAULTS.get(name.strip("-").replace("-", "_"))
    if default is not None:
        text = f"{text}  [default: {default}]"
    # No default for click: the command must know what was typed.
    return click.option(name, type=kind, help=text, **arguments)


def _options_of_objectives(function):
    """Gives a command all of `names.OPTIONS`, in their order."""
    for name, (kind, text) in reversed(names.OPTIONS.items()):
        # Its help names the objectives that have it, and their defaults.
        defaults = {
            objective: options[name]
            for objective, options in names.OBJECTIVES.items()
            if name in options
        }
        if set(defaults.values()) == {None}:
            owners = ", ".join(defaults)
        else:
            owners = ", ".join(f"{owner} {value}" for owner, value in defaults.items())
        option = click.option(
            f"--{name.replace('_', '-')}",
            type=click.Choice(kind) if isinstance(kind, tuple) else kind,
            help=f"{text}  [{owners}]",
        )
        function = option(function)
    return function


class _Command(click.Command):
    """Lists the options of the objectives under a heading of their own."""

    def format_options(self, ctx, formatter):
        shared, of_objectives = [], []
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                is_shared = parameter.name not in names.OPTIONS
                (shared if is_shared else of_objectives).append(record)
        with formatter.section("Options"):
            formatter.write_dl(shared)
        with formatter.section("Options of the objectives  [with defaults]"):
            formatter.write_dl(of_objectives)


@click.command(name="train", cls=_Command)
@backend_option
@_setting("--data", str, f"Data set: {names.DATASETS}.")
@_setting(
    "--network",
    click.Choice(names.NETWORKS),
    "Encoder and decoder, by paper; conv is ours.",
)
@_setting("--latent-dim", int, "Number of latents.  [default: the network's own]")
@_setting("--objective", click.Choice(tuple(names.OBJECTIVES)), "What is minimised.")
@_options_of_objectives
@_setting("--optimizer", click.Choice(names.OPTIMIZERS), "Optimizer.")
@_setting("--learning-rate", float, "Its learning rate.")
@_setting(
    "--learning-rate-schedule",
    click.Choice(names.LEARNING_RATE_SCHEDULES),
    "How it falls over the run's steps.",
)
@_setting(
    "--learning-rate-end",
    float,
    "What it falls to.  [default: 0; exponential: a hundredth]",
)
@_setting("--warm-up-steps", int, "Steps in which it rises from 0 first.")
@_setting("--batch-size", int, "Images a step.")
@_setting("--steps", int, "Step to train to.")
@_setting("--epochs", int, "In place of --steps: passes over the images that train.")
@_setting("--seed", int, "Initial weights, order of the data, noise.")
@_setting("--likelihood", click.Choice(names.LIKELIHOODS), "Of a pixel.")
@_setting(
    "--gaussian-scale",
    Scale(),
    "A pixel's standard deviation if Gaussian; learned and optimal follow the data.",
    metavar=f"[NUMBER|{'|'.join(names.MOVING_SCALES)}]",
)
@_setting("--precision", click.Choice(names.PRECISIONS), "Arithmetic of the networks.")
@_setting(
    "--validation",
    float,
    "Share of the images to hold out, as 0.1; the state of their least loss is kept in "
    "best.keras.",
)
@_setting(
    "--validation-every",
    int,
    "Steps between rounds on all that is held out; 0: about a pass over what trains, "
    "100 to 1,000.",
)
@_setting(
    "--early-stopping",
    int,
    "End after so many rounds without a lesser loss: of --validation, or without it "
    "of the training in every 100 steps; 0: never.",
)
@_setting(
    "--init-from",
    str,
    "Begin with the weights of a checkpoint, or of a run, of the same network.",
    metavar="CKPT",
)
@_setting("--metric-every", int, "Steps between scores while training; 0: at the end.")
@_setting("--checkpoint-every", int, "Steps between checkpoints.")
@_setting("--keep-checkpoints", int, "Steps between those that stay, for a film.")
@_setting("--pictures-every", int, "Steps between pictures of the latents.")
@_setting(
    "--condition",
    str,
    "Factors or labels that both networks are told: label, or shape,scale.",
)
@click.option(
    "--preset",
    type=click.Choice(names.PRESETS),
    help="Defaults from a paper; what you type wins.",
)
@click.option("--tensorboard", is_flag=True, help="Write TensorBoard logs as well.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder for this run.  [default: a new one in runs/]",
)
@click.option(
    "--resume",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Go on with a run from its last checkpoint, on the backend that it trained "
    "on whatever KERAS_BACKEND says; takes --steps or --epochs, and --backend.",
)
def command(backend, out, resume, preset, tensorboard, **options):
    """Train a β-VAE or a relative; end with its score and a picture of its latents.

    Everything goes into one folder: ckpt.keras (the model), history.csv, run.json
    (settings, versions, results) and traversal.png; with --validation also best.keras,
    the model of the least validation loss. Ctrl-C finishes the step and saves;
    --resume goes on.

    \b
    Examples
      kbvae train
      kbvae train --backend jax --beta 8 --steps 2000
      kbvae train --preset locatello2019 --beta 6 --out runs/beta6
      kbvae train --data digits --beta 1
      kbvae train --data digits --beta 1 --condition label


      kbvae train --data digits --beta 1 --likelihood gaussian --gaussian-scale learned
      kbvae train --beta 8 --beta-schedule linear --beta-steps 2000
      kbvae train --objective factor_vae --gamma 35
      kbvae train --preset burgess2018
      kbvae train --keep-checkpoints 250 --pictures-every 1000
      kbvae train --epochs 20 --validation 0.1 --early-stopping 5
      kbvae train --learning-rate-schedule cosine --warm-up-steps 500
      kbvae train --init-from runs/beta1 --beta 8 --out runs/beta1to8
      kbvae train --resume runs/beta6 --steps 20000
    """
    typed = {name: value for name, value in options.items() if value is not None}
    if resume is not None:
        _require_resumable(typed, out, preset)
    start_keras(backend, resumes=resume)
    from keras_bvae import datasets
    from keras_bvae.datasets.values import name_of_many
    from keras_bvae.errors import Interrupted
    from keras_bvae.files.folders import as_typed
    from keras_bvae.runs import RunFolder, Settings, resume_run, start_run

    if resume is not None:
        settings = Settings(**RunFolder(resume).read()["settings"])
        folder = resume
    else:
        # Which likelihood it is may be for the data to say.
        settings = Settings.from_preset(preset, **{"likelihood": "gaussian", **typed})
        folder = out
    dataset = datasets.load(settings.data)
    if resume is None:
        settings = Settings.for_data(dataset, preset, **typed)
    callbacks = [training_callback()]
    try:
        with (
            _folder(folder, settings) as folder,
            counting_bar(f"Getting the {name_of_many(dataset)} ready") as progress,
        ):
            if tensorboard:
                callbacks.append(_tensorboard(folder))
            if resume is not None:
                length = {name: typed.get(name) for name in _LENGTHS}
                model = resume_run(
                    folder, dataset, callbacks=callbacks, progress=progress, **length
                )
            else:
                model = start_run(settings, dataset, folder, callbacks, progress)
    except Interrupted as stop:
        say(
            f"Stopped after step {stop.step:,}; all is saved. Go on with\n"
            f"  kbvae train --resume {as_typed(folder)}",
            err=True,
        )
        raise SystemExit(128 + stop.signal_number) from None
    finish(model, dataset, RunFolder(folder))


def _require_resumable(typed, out, preset):
    extra = [f"--{n.replace('_', '-')}" for n in typed if n not in _LENGTHS]
    extra += ["--out"] * (out is not None) + ["--preset"] * (preset is not None)
    if extra:
        raise click.UsageError(
            "A run is resumed with the settings it began with, save --steps or "
            f"--epochs, and --backend; received {', '.join(extra)}. Leave them out, or "
            "start a new run."
        )


@contextlib.contextmanager
def _folder(named, settings):
    """The run's folder; where none is named a new one, which no other process takes.

    It goes again if nothing was written into it.
    """
    if named is not None:
        yield named
        return
    runs = Path("runs")
    has_runs = runs.exists()
    folder = _made(runs, _name_of(settings))
    try:
        yield folder
    finally:
        for path in (folder, runs)[: 1 if has_runs else 2]:
            with contextlib.suppress(OSError):
                path.rmdir()  # which takes empty folders only


def _made(runs, name):
    """Makes a folder: several runs may begin in the same second."""
    from keras_bvae.errors import Unusable

    for number in itertools.count(1):
        folder = runs / (name if number == 1 else f"{name}-{number}")
        try:
            runs.mkdir(exist_ok=True)
            folder.mkdir()
        except FileExistsError:
            if not runs.is_dir():
                raise
        except FileNotFoundError:
            continue  # a run that came to nothing took `runs` away just now
        except OSError as error:
            raise Unusable(
                f"A run's folder must be one that can be made; {str(folder)!r} cannot "
                f"({error.strerror}). Name another with --out."
            ) from error
        else:
            return folder


def _name_of(settings):
    from keras_bvae.datasets.catalog import file_name_of

    data = file_name_of(settings.data)
    strength = next(iter(names.OBJECTIVES[settings.objective]))
    value = settings.options[strength]
    parts = [data, settings.network, settings.objective, f"{strength}{value:g}"]
    parts.append(f"seed{settings.seed}")
    parts.append(datetime.now().strftime("%Y%m%d-%H%M%S"))
    return "-".join(parts)


def _tensorboard(folder):
    import importlib.util

    if importlib.util.find_spec("tensorboard") is None:
        raise click.UsageError(
            "--tensorboard needs the package tensorboard, which is not installed. "
            "Run `pip install tensorboard`, or use history.csv."
        )
    import keras

    return keras.callbacks.TensorBoard(str(folder / "tensorboard"))
