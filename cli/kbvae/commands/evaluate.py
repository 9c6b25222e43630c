"""`kbvae evaluate`."""

from pathlib import Path

import click

from kbvae import names
from kbvae.backend import backend_option, start_keras
from kbvae.bare_codes import BareCodes, baseline, own_codes
from kbvae.options import (
    data_option,
    metrics_option,
    protocol_option,
    seed_option,
    typed_names,
)
from kbvae.progress import counting_bar, named_bars
from kbvae.tables import comparison_table, terms_table
from kbvae.terminal import one_line, say


@click.command(name="evaluate")
@click.argument(
    "checkpoints", type=click.Path(path_type=Path), nargs=-1, metavar="[CKPT.keras]..."
)
@metrics_option(("beta_vae",))
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
    metavar="FILE.npy|.csv",
    help="The true factors of --codes, (images, factors): class numbers; or a table "
    "with their names in its first row.",
)
@click.option(
    "--factor-names",
    multiple=True,
    callback=typed_names,
    metavar="NAME,NAME…",
    help="Names of --factors.",
)
@click.option(
    "--representation",
    type=click.Choice(names.REPRESENTATIONS),
    help="Measure one of the paper's baselines instead of a checkpoint.",
)
@click.option(
    "--components",
    type=click.IntRange(1, 2**16),
    default=10,
    show_default=True,
    help="Length of a code of pca, ica and untrained.",
)
@click.option(
    "--no-cache",
    is_flag=True,
    help="Encode anew, and keep nothing: else the codes of dSprites stay beside the "
    "checkpoint, CKPT-codes.bin, 30 MB, for the next scores of the same weights.",
)
@data_option
@backend_option
@seed_option()
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
    most of dSprites, once for all metrics: minutes on two cores; the codes of dSprites
    stay beside the checkpoint for the next time, see --no-cache.

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
    _require_one_record(checkpoints, json_path)
    metrics = metrics or None
    start_keras(backend, opens=checkpoints)
    from keras_bvae.files.json_file import json_text

    prints_records = json_path == "-"
    records = []
    for opened in _opened(checkpoints, options):
        target = Path(json_path or opened.evaluation_file)
        if not prints_records:
            _require_places(target, metrics, is_named=json_path is not None)
        results = _measured(opened, metrics, **options)
        records.append(_record(opened, results))
        if prints_records:
            continue
        if len(checkpoints) > 1 or _is_best(opened):
            click.echo(one_line(opened.title))
        click.echo(terms_table(results, opened.dataset.factor_names))
        for path in _write(opened, records[-1], target):
            say(path)
        click.echo()
    if prints_records:
        click.echo(json_text(records if len(checkpoints) > 1 else records[0]))
    elif len(records) > 1:
        click.echo(comparison_table(records))


def _is_best(opened):
    """Whether nobody could know of which step the checkpoint is."""
    return not isinstance(opened, BareCodes) and opened.is_best


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
    if options["factor_names"] and options["codes"] is None:
        raise click.UsageError(
            "--factor-names name the columns of --factors; received --factor-names "
            "without --codes. Leave them out."
        )
    of_posteriors = ("decomposition", "bound", "sampled")
    if not checkpoints and any(options[name] for name in of_posteriors):
        raise click.UsageError(
            "--decomposition, --bound and --sampled need a model's posterior; received "
            f"{named[0]}. Name a checkpoint, or leave them out."
        )


def _require_one_record(checkpoints, json_path):
    if len(checkpoints) > 1 and json_path not in (None, "-"):
        raise click.UsageError(
            "--json FILE takes one record; received several checkpoints. Leave it out, "
            "and each gets evaluation.json beside it, or use --json -."
        )


def _require_places(target, metrics, is_named):
    """Raises unless the record, and the picture beside it, can be written.

    Of a record that a user names the picture's name follows: one that is there without
    its record is somebody else's.
    """
    from keras_bvae.errors import FileInTheWay
    from keras_bvae.files.result_file import SCORES, require_record_path
    from keras_bvae.pictures import picture_file

    picture = _picture_of(target)
    if picture == target:
        raise click.UsageError(
            f"--json takes a name that does not end in .png; received {str(target)!r}. "
            "A picture of that name goes beside the record: end it in .json."
        )
    require_record_path(target, SCORES, is_named=is_named)
    if not set(metrics or ()) & {"all", "mig", "dci", "quick_dci"}:
        return
    picture_file.require_picture_path(picture, animated=False)
    if is_named and picture.exists() and not target.exists():
        raise FileInTheWay(
            "Beside a record goes its picture, which replaces an earlier one only; "
            f"{str(picture)!r} is there without a record. Name another file."
        )


def _picture_of(target):
    return target.with_suffix(".png")


def _opened(checkpoints, options):
    """What to measure, one after the other: `OpenedRun`, or `BareCodes`."""
    from keras_bvae.runs import open_run

    if options["codes"] is not None:
        files = (options["codes"], options["factors"])
        yield own_codes(*files, options["factor_names"] or None)
    elif options["representation"] is not None:
        choices = ("representation", "data", "components", "seed")
        with counting_bar("Reading a sample") as progress:
            codes = baseline(*(options[name] for name in choices), progress)
        yield codes
    for checkpoint in checkpoints:
        yield open_run(checkpoint, options["data"])


def _measured(
    opened,
    metrics,
    protocol,
    seed,
    quick,
    sampled,
    decomposition,
    bound,
    no_cache,
    **unused,
):
    from keras_bvae.evaluation import evaluate_model, kept_codes, score_records

    settings = (opened.dataset, metrics, protocol, seed, quick)
    with named_bars({**names.METRICS, "encoding": "Encoding"}) as progress:
        if isinstance(opened, BareCodes):
            scores = score_records(opened.encode, *settings, progress)
            results = {"dataset": opened.dataset.name, "scores": scores}
        else:
            place = (opened.checkpoint, opened.model, opened.dataset)
            kept = None if no_cache else kept_codes(*place)
            results = evaluate_model(opened.model, *settings, progress, sampled, kept)
    if decomposition:
        results["decomposition"] = _decomposed(opened, quick, seed)
    if bound:
        results["bound"] = _bounded(opened, seed)
    return results


def _decomposed(opened, quick, seed):
    """The parts of the KL as plain values."""
    from keras_bvae.evaluation import posteriors

    images = posteriors.QUICK_DECOMPOSITION_IMAGES if quick else None
    with counting_bar("Decomposing") as progress:
        parts = posteriors.decompose_model(
            opened.model, opened.dataset, images, seed=seed, progress=progress
        )
    return parts.as_dict()


def _bounded(opened, seed):
    from keras_bvae.evaluation import bound_model

    with counting_bar("Bounding log p(x)") as progress:
        found = bound_model(opened.model, opened.dataset, seed=seed, progress=progress)
    return found.as_dict()


def _record(opened, results):
    from keras_bvae.runs import environment

    if isinstance(opened, BareCodes):
        origin = opened.origin
    else:
        origin = {"checkpoint": str(opened.checkpoint)}
    return {"name": opened.title, **origin, **results, **environment()}


def _write(opened, record, target):
    """Writes the record and, where there are tables to look at, the picture."""
    from keras_bvae.files.json_file import write_json
    from keras_bvae.pictures import representation_sheet, save_picture
    from keras_bvae.pictures.sheets.representation_sheet import score_maps

    write_json(target, record)
    maps = score_maps(record["scores"])
    if not maps:
        return [target]
    picture = _picture_of(target)
    sheet = representation_sheet(maps, opened.title, (opened.dataset.name,))
    save_picture(sheet, picture)
    return [target, picture]
