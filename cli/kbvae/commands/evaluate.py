"""`kbvae evaluate`."""

import json
from pathlib import Path

import click

from kbvae import names
from kbvae.backend import backend_option, start_keras
from kbvae.checkpoints import data_option
from kbvae.metric_options import (
    metrics_option,
    protocol_option,
    seed_option,
    split_names,
)
from kbvae.progress import counting_bar, named_bars
from kbvae.subjects import baseline_subject, checkpoint_subject, codes_subject
from kbvae.tables import comparison_table, terms_table


@click.command(name="evaluate")
@click.argument(
    "checkpoints", type=click.Path(path_type=Path), nargs=-1, metavar="[CKPT.keras]..."
)
@metrics_option("beta_vae")
@protocol_option
@click.option(
    "--quick",
    is_flag=True,
    help="Draw all pairs among 5,000 images, stop DCI early: seconds instead of "
    "minutes. Decompose from 20,000: bounds only where codes tell images apart.",
)
@click.option(
    "--decomposition",
    is_flag=True,
    help="Also split the KL into mutual information, total correlation and "
    "dimension-wise KL, over all images.",
)
@click.option(
    "--bound",
    is_flag=True,
    help="Also bound log p(x) by importance weights, 500 images, 64 draws each.",
)
@click.option(
    "--sampled",
    is_flag=True,
    help="Measure draws from the posteriors instead of their means, as Chen et al. "
    "define MIG: latents that are all noise then tell nothing.",
)
@click.option(
    "--codes",
    type=click.Path(path_type=Path),
    metavar="FILE.npy",
    help="Measure these codes, (images, latents), instead of a checkpoint.",
)
@click.option(
    "--factors",
    type=click.Path(path_type=Path),
    metavar="FILE.npy",
    help="The true factors of --codes, (images, factors), class numbers.",
)
@click.option("--factor-names", metavar="NAME,NAME…", help="Names of --factors.")
@click.option(
    "--representation",
    type=click.Choice(names.REPRESENTATIONS),
    help="Measure one of the paper's baselines instead of a checkpoint.",
)
@click.option(
    "--components",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="Length of a code of pca, ica and untrained.",
)
@data_option
@backend_option
@seed_option
@click.option(
    "--json",
    "json_path",
    metavar="FILE|-",
    help="Where the record goes; - prints it instead of the table.  "
    "[default: evaluation.json beside the checkpoint; of other data by their name]",
)
def command(checkpoints, metrics, json_path, backend, **options):
    """Measure representations: loss terms, disentanglement, the parts of the KL.

    A checkpoint, or several; or --codes and --factors, with no model at all; or
    --representation, one of the baselines of Higgins et al. Scores carry their
    protocol, because scores of different settings do not compare. In full they encode
    most of dSprites, once for all metrics: minutes on two cores.

    Writes a record, evaluation.json, and with MIG or DCI a picture, evaluation.png:
    which latent tells which factor.

    \b
    Examples
      kbvae evaluate runs/beta4/ckpt.keras
      kbvae evaluate runs/*/ckpt.keras --metrics mig,sap --quick
      kbvae evaluate runs/beta4/ckpt.keras --metrics all
      kbvae evaluate --codes codes.npy --factors factors.npy --metrics all
      kbvae evaluate --representation pca --protocol higgins2017
      kbvae evaluate runs/beta4/ckpt.keras --decomposition --bound
    """
    _require_one_source(checkpoints, options)
    metrics = split_names(metrics)
    start_keras(backend)
    from keras_bvae.files.whole_file import require_writable_folder
    from keras_bvae.metrics import metric_names

    records = []
    for open_subject in _sources(checkpoints, options):
        subject = open_subject()
        chosen = _metrics_for(subject.dataset, metrics)
        metric_names(chosen, subject.dataset, options["protocol"])
        target = _target(json_path, subject, several=len(checkpoints) > 1)
        if target is not None:
            require_writable_folder(target.parent)
        results = _measure(subject, chosen, **options)
        records.append(_record(subject, results))
        if json_path == "-":
            continue
        if len(checkpoints) > 1:
            click.echo(f"{subject.title}")
        click.echo(terms_table(results))
        for path in _write(subject, records[-1], target):
            click.echo(f"{path}")
        click.echo()
    if len(records) > 1 and json_path != "-":
        click.echo(comparison_table(records))
    if json_path == "-":
        whole = records if len(checkpoints) > 1 else records[0]
        click.echo(json.dumps(whole, indent=2, ensure_ascii=False))


def _require_one_source(checkpoints, options):
    sources = {
        "checkpoints": bool(checkpoints),
        "--codes": options["codes"] is not None,
        "--representation": options["representation"] is not None,
    }
    named = [name for name, is_there in sources.items() if is_there]
    if len(named) != 1:
        raise click.UsageError(
            "One thing must be measured: checkpoints, --codes, or --representation; "
            f"received {' and '.join(named) or 'none'}. Begin with "
            "kbvae evaluate runs/…/ckpt.keras."
        )
    if options["factors"] is not None and options["codes"] is None:
        raise click.UsageError(
            "--factors belong to --codes; received --factors alone. A checkpoint's "
            "factors come with its data set, --data."
        )
    of_posteriors = ("decomposition", "bound", "sampled")
    if not checkpoints and any(options[name] for name in of_posteriors):
        raise click.UsageError(
            "--decomposition, --bound and --sampled need a model's posterior; received "
            f"{named[0]}. Name a checkpoint, or leave them out."
        )


def _sources(checkpoints, options):
    """For each thing to measure a function that opens it, in turn."""
    if options["codes"] is not None:
        names_of_factors = options["factor_names"]
        return [
            lambda: codes_subject(
                options["codes"],
                options["factors"],
                names_of_factors and split_names([names_of_factors]),
            )
        ]
    if options["representation"] is not None:
        return [lambda: _baseline(options)]
    return [
        lambda checkpoint=checkpoint: checkpoint_subject(checkpoint, options["data"])
        for checkpoint in checkpoints
    ]


def _baseline(options):
    with counting_bar("Reading a sample") as progress:
        return baseline_subject(
            options["representation"],
            options["data"],
            options["components"],
            options["seed"],
            progress,
        )


def _metrics_for(dataset, metrics):
    """The default is left out where there are no factors; a table then says so."""
    if tuple(metrics) == ("beta_vae",) and not dataset.has_factors:
        return ()
    return metrics


def _target(json_path, subject, several):
    if json_path == "-":
        return None
    if json_path is None:
        return subject.results
    if several:
        raise click.UsageError(
            "--json FILE takes one record; received several checkpoints. Leave it out, "
            "and each gets evaluation.json beside it, or use --json -."
        )
    return Path(json_path)


def _measure(
    subject,
    metrics,
    protocol,
    seed,
    quick,
    sampled,
    decomposition,
    bound,
    **unused,
):
    from keras_bvae.evaluation.evaluate_model import evaluate_model, score_records

    with named_bars({**names.METRICS, "encoding": "Encoding"}) as progress:
        if subject.model is None:
            results = {
                "dataset": subject.dataset.name,
                "scores": score_records(
                    subject.encode,
                    subject.dataset,
                    metrics,
                    protocol,
                    seed,
                    quick,
                    progress,
                ),
            }
        else:
            results = evaluate_model(
                subject.model,
                subject.dataset,
                metrics,
                protocol,
                seed,
                quick,
                progress,
                sampled,
            )
    if decomposition:
        results["decomposition"] = _decompose(subject, quick, seed)
    if bound:
        results["bound"] = _bound(subject, seed)
    return results


def _decompose(subject, quick, seed):
    """The parts of the KL as plain values."""
    from keras_bvae.evaluation.evaluate_model import (
        QUICK_DECOMPOSITION_IMAGES,
        decompose_model,
    )

    images = QUICK_DECOMPOSITION_IMAGES if quick else None
    with counting_bar("Decomposing") as progress:
        parts = decompose_model(
            subject.model, subject.dataset, images, seed=seed, progress=progress
        )
    return parts.as_dict()


def _bound(subject, seed):
    from keras_bvae.evaluation.evaluate_model import bound_model

    with counting_bar("Bounding log p(x)") as progress:
        found = bound_model(
            subject.model, subject.dataset, seed=seed, progress=progress
        )
    return found.as_dict()


def _record(subject, results):
    from keras_bvae.runs.run_folder import environment

    return {"name": subject.title, **subject.origin, **results, **environment()}


def _write(subject, record, target):
    """Writes the record and, where there are tables to look at, the picture."""
    from keras_bvae.files.whole_file import whole_file
    from keras_bvae.pictures import representation_sheet, save_picture
    from keras_bvae.pictures.sheets.representation_sheet import score_maps

    with whole_file(target) as temporary:
        text = json.dumps(record, indent=2, ensure_ascii=False)
        temporary.write_text(text + "\n", encoding="utf-8")
    maps = score_maps(record["scores"])
    if not maps:
        return [target]
    picture = target.with_suffix(".png")
    save_picture(
        representation_sheet(maps, subject.title, (subject.dataset.name,)), picture
    )
    return [target, picture]
