"""`kbvae train`."""

import contextlib
import itertools
from datetime import datetime
from pathlib import Path

import click

from kbvae import names
from kbvae.backend import backend_option, start_keras
from kbvae.progress import counting_bar, named_bars, training_callback
from kbvae.tables import seconds_text, terms_table


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
@_setting("--batch-size", int, "Images a step.")
@_setting("--steps", int, "Step to train to.")
@_setting("--seed", int, "Initial weights, order of the data, noise.")
@_setting("--likelihood", click.Choice(names.LIKELIHOODS), "Of a pixel.")
@_setting("--gaussian-scale", float, "A pixel's standard deviation if Gaussian.")
@_setting("--precision", click.Choice(names.PRECISIONS), "Arithmetic of the networks.")
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
    "on whatever KERAS_BACKEND says; takes --steps and --backend.",
)
def command(backend, out, resume, preset, tensorboard, **options):
    """Train a β-VAE or a relative; end with its score and a picture of its latents.

    Everything goes into one folder: ckpt.keras (the model), history.csv, run.json
    (settings, versions, results) and traversal.png. Ctrl-C finishes the step and
    saves; --resume goes on.

    \b
    Examples
      kbvae train
      kbvae train --backend jax --beta 8 --steps 2000
      kbvae train --preset locatello2019 --beta 6 --out runs/beta6
      kbvae train --data digits --beta 1
      kbvae train --data digits --beta 1 --condition label
      kbvae train --beta 8 --beta-schedule linear --beta-steps 2000
      kbvae train --objective factor_vae --gamma 35
      kbvae train --preset burgess2018
      kbvae train --keep-checkpoints 250 --pictures-every 1000
      kbvae train --resume runs/beta6 --steps 20000
    """
    typed = {name: value for name, value in options.items() if value is not None}
    if resume is not None:
        _require_resumable(typed, out, preset)
    start_keras(backend, will_save=True, resumes=resume)
    from keras_bvae import datasets
    from keras_bvae.errors import Interrupted
    from keras_bvae.runs import RunFolder, Settings, resume_run, start_run

    if resume is not None:
        settings = Settings(**RunFolder(resume).read()["settings"])
        folder = resume
    else:
        settings = Settings.from_preset(preset, **typed)
        folder = out
    dataset = datasets.load(settings.data)
    callbacks = [training_callback(typed.get("steps", settings.steps))]
    try:
        with (
            _folder(folder, settings) as folder,
            counting_bar("Getting the images ready") as progress,
        ):
            if tensorboard:
                callbacks.append(_tensorboard(folder))
            if resume is not None:
                model = resume_run(
                    folder, dataset, typed.get("steps"), callbacks, progress
                )
            else:
                model = start_run(settings, dataset, folder, callbacks, progress)
    except Interrupted as stop:
        click.echo(
            f"Stopped after step {stop.step:,}; all is saved. Go on with\n"
            f"  kbvae train --resume {folder}",
            err=True,
        )
        raise SystemExit(128 + stop.signal_number) from None
    _finish(model, dataset, RunFolder(folder))


def _require_resumable(typed, out, preset):
    extra = [f"--{name.replace('_', '-')}" for name in typed if name != "steps"]
    extra += ["--out"] * (out is not None) + ["--preset"] * (preset is not None)
    if extra:
        raise click.UsageError(
            "A run is resumed with the settings it began with, save --steps and "
            f"--backend; received {', '.join(extra)}. Leave them out, or start a new "
            "run."
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


def _finish(model, dataset, folder):
    """Measures, draws, records, and says what there is now and what to type next."""
    with folder.alone():
        record = folder.read()
        results = _measured(model, dataset, folder, record["settings"]["seed"])
        folder.write({**record, "results": results})
    click.echo(
        f"\nTrained {record['step']:,} steps in {seconds_text(record['seconds'])} on "
        f"{record['backend']} ({record['device']}).\n\n{terms_table(results)}\n"
    )
    for path, what in (
        (folder.checkpoint, "the model"),
        (folder.traversal, "what each latent does"),
        (folder.history, "loss terms by step"),
        (folder.record, "settings, versions, results"),
    ):
        click.echo(f"{path}  {what}")
    if folder.kept.steps():
        click.echo(f"{folder.kept.folder}  earlier checkpoints")
    if folder.pictures.is_dir():
        click.echo(f"{folder.pictures}  the latents while they trained")
    film = f"  kbvae curves {folder.path} --film training.gif\n"
    click.echo(
        "\nNext\n"
        f"  kbvae report {folder.path}\n"
        f"  kbvae evaluate {folder.checkpoint}\n"
        f"  kbvae traverse {folder.checkpoint} -o latents.gif\n"
        f"{film if folder.kept.steps() else ''}"
        f"  kbvae train --resume {folder.path} --steps {2 * record['step']}"
    )


def _measured(model, dataset, folder, seed):
    """The results, with a picture beside them."""
    from keras_bvae.evaluation import evaluate_model
    from keras_bvae.figures.traversals import traversals

    with named_bars({"beta_vae": "Measuring"}) as bars:
        results = evaluate_model(model, dataset, seed=seed, quick=True, progress=bars)
    sheet = traversals(model, dataset, seed=seed, title=folder.path.name)
    sheet.save(folder.traversal)
    return results
