"""`kbvae compare`."""

from pathlib import Path

import click

from kbvae import names
from kbvae.backend import backend_option, start_keras
from kbvae.options import (
    data_option,
    metrics_option,
    protocol_option,
    seed_option,
)
from kbvae.progress import counting_bar, named_bars
from kbvae.tables import comparison_table
from kbvae.terminal import one_line, say

# What is measured where nobody says what.
DEFAULT_METRICS = ("mig", "sap", "modularity")
# From so many models on a ranking without labels says something.
LEAST_MODELS_TO_RANK = 3
_SORTABLE = (*names.METRICS, "udr", "reconstruction", "KL", "active")


@click.command(name="compare")
@click.argument(
    "runs", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="RUN..."
)
@metrics_option(DEFAULT_METRICS)
@click.option(
    "--sort",
    type=click.Choice(_SORTABLE),
    metavar="COLUMN",
    help="What to sort by, the best first: a metric, or udr, reconstruction, KL, "
    "active.  [default: the first metric]",
)
@click.option(
    "--udr-method",
    type=click.Choice(names.UDR_METHODS),
    default="lasso",
    show_default=True,
    help="How UDR relates the latents of two models.",
)
@protocol_option
@click.option(
    "--quick",
    is_flag=True,
    help="Draw all pairs among 5,000 images, and stop DCI early.",
)
@data_option
@backend_option
@seed_option()
@click.option(
    "--json", "json_path", metavar="FILE|-", help="Also write the records; - prints."
)
def command(
    runs, metrics, sort, udr_method, protocol, quick, data, backend, seed, json_path
):
    """Set runs side by side, the best first, and rank them without labels.

    A run is a folder that `kbvae train` wrote, or a checkpoint. A score that `kbvae
    evaluate` has left in evaluation.json with the same settings is read, not computed.

    From three models on there is a column udr, the unsupervised disentanglement
    ranking (Duan et al. 2020): how far a model's latents are those that the others
    found too. It needs no factors, so it is how to choose β where none are known:
    train each β with several seeds and take the highest. 1 would be full agreement.

    \b
    Examples
      kbvae compare runs/*
      kbvae compare runs/* --metrics mig,dci,beta_vae --sort dci
      kbvae compare runs/beta4-seed* --sort udr
    """
    metrics = metrics or None
    columns = _columns(metrics or DEFAULT_METRICS)
    sort = sort or columns[0]
    _require_column(sort, columns, len(runs))
    start_keras(backend, opens=runs)
    from keras_bvae.files.json_file import json_text, write_json
    from keras_bvae.files.result_file import SCORES, require_record_path
    from keras_bvae.runs import open_run

    if json_path not in (None, "-"):
        require_record_path(json_path, SCORES, _records_beside(runs))
    opened = [open_run(run, data) for run in runs]
    _require_one_data_set(opened)
    records = [_measured(run, metrics, protocol, seed, quick) for run in opened]
    sort = _column_of(sort, records, len(opened))
    if len(opened) >= LEAST_MODELS_TO_RANK:
        _add_udr(opened, records, udr_method, seed)
    if json_path == "-":
        click.echo(json_text(records))
        return
    click.echo(comparison_table(records, sort))
    click.echo(f"\nsorted by {names.METRICS.get(sort, sort)}, the best first")
    if len(opened) < LEAST_MODELS_TO_RANK:
        click.echo(f"udr needs {LEAST_MODELS_TO_RANK} models; here are {len(opened)}")
    if json_path is not None:
        write_json(json_path, records)
        say(json_path)


def _records_beside(runs):
    """The scores that `kbvae evaluate` left there, which are read."""
    from keras_bvae.runs import beside

    folders = {beside(run, "evaluation.json").parent for run in runs}
    return [path for folder in folders for path in folder.glob("*evaluation*.json")]


def _columns(metrics):
    """The metrics' columns, "all" spelled out as far as it is known without data."""
    lists = [names.ALL_METRICS if name == "all" else (name,) for name in metrics]
    return tuple(dict.fromkeys(name for part in lists for name in part))


def _require_column(sort, columns, count):
    if sort in names.METRICS and sort not in columns:
        raise click.UsageError(
            "--sort must name a column of the table; received "
            f"{sort}, which is not among the metrics {', '.join(columns)}. Add it to "
            "--metrics."
        )
    if sort == "udr" and count < LEAST_MODELS_TO_RANK:
        raise click.UsageError(
            f"UDR must have {LEAST_MODELS_TO_RANK} models or more to compare; received "
            f"{count}. Name more runs, or sort by another column."
        )


def _require_one_data_set(opened):
    from keras_bvae.errors import InvalidValue

    found = list(dict.fromkeys(run.dataset.name for run in opened))
    if len(found) > 1:
        raise InvalidValue(
            "Runs must be measured on one data set to compare; received runs trained "
            f"on {', '.join(found)}. Name one with --data."
        )


def _column_of(sort, records, count):
    """What the column to sort by is called: --quick puts quick_dci in dci's place."""
    from keras_bvae.errors import InvalidValue

    measured = {score["metric"] for record in records for score in record["scores"]}
    if sort not in measured and f"quick_{sort}" in measured:
        return f"quick_{sort}"
    if sort in names.METRICS and sort not in measured:
        other = "reconstruction" if count < LEAST_MODELS_TO_RANK else "udr"
        raise InvalidValue(
            f"--sort must name a metric that can be computed; {sort} needs factors, "
            f"which {records[0]['dataset']} lacks, or another protocol. Use --sort "
            f"{other}."
        )
    return sort


def _measured(run, metrics, protocol, seed, quick):
    """A run's record; of its scores those that are recorded are not computed."""
    from keras_bvae.evaluation import evaluate_model
    from keras_bvae.metrics import metric_names

    wanted = metric_names(metrics, run.dataset, protocol, DEFAULT_METRICS)
    known = run.recorded_scores(protocol, seed)
    missing = [name for name in wanted if quick or name not in known]
    click.echo(one_line(run.title), err=True)
    with named_bars({**names.METRICS, "encoding": "Encoding"}) as progress:
        results = evaluate_model(
            run.model, run.dataset, missing, protocol, seed, quick, progress
        )
    computed = {score["metric"]: score for score in results["scores"]}
    results["scores"] = [
        computed.get(name) or computed.get(f"quick_{name}") or known[name]
        for name in wanted
    ]
    return {"name": run.title, "checkpoint": str(run.checkpoint), **results}


def _add_udr(opened, records, method, seed):
    """Puts the column `udr` into each record."""
    from keras_bvae.evaluation import rank_models

    with counting_bar("Ranking without labels") as progress:
        scores = rank_models(
            [run.model for run in opened],
            opened[0].dataset,
            [record["kl_of_each_latent"] for record in records],
            method,
            seed,
            progress,
        )
    for record, score in zip(records, scores.parts["model_scores"], strict=True):
        record["columns"] = {"udr": float(score)}
