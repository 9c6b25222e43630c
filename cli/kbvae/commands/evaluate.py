"""`kbvae evaluate`."""

import json
import sys
from pathlib import Path

import click

from kbvae import names
from kbvae.backend import backend_option, start_keras
from kbvae.checkpoints import (
    beside,
    checkpoint_argument,
    data_option,
    load_model_and_data,
)
from kbvae.progress import counting_bar
from kbvae.report import terms_table


@click.command(name="evaluate")
@checkpoint_argument
@backend_option
@data_option
@click.option(
    "--protocol",
    type=click.Choice(names.PROTOCOLS),
    default="locatello2019",
    show_default=True,
    help="Whose settings the score is computed with.",
)
@click.option(
    "--quick",
    is_flag=True,
    help="Draw all pairs among 5,000 images: seconds instead of minutes, within 0.01. "
    "Decompose from 20,000: bounds only where codes tell images apart.",
)
@click.option(
    "--decomposition",
    is_flag=True,
    help="Also split the KL into mutual information, total correlation and "
    "dimension-wise KL, over all images.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option(
    "--json",
    "json_path",
    metavar="FILE|-",
    help="Where the record goes; - prints it instead of the table.  "
    "[default: evaluation.json beside the checkpoint]",
)
def command(checkpoint, backend, data, protocol, quick, decomposition, seed, json_path):
    """Measure a checkpoint: loss terms, the β-VAE score, the parts of the KL.

    The score always carries its protocol, because scores of different settings do not
    compare. The full protocol encodes most of dSprites: minutes on two cores. So does
    the decomposition, which needs no factors; from a sample it gives an upper bound of
    the mutual information and a lower one of the total correlation.

    \b
    Examples
      kbvae evaluate runs/beta4/ckpt.keras
      kbvae evaluate runs/beta4/ckpt.keras --protocol higgins2017 --json -
      kbvae evaluate runs/beta4/ckpt.keras --decomposition
    """
    start_keras(backend)
    from keras_bvae.training.evaluation import QUICK, evaluate_model
    from keras_bvae.training.run_folder import environment
    from keras_bvae.whole_file import require_writable_folder, whole_file

    target = (
        None
        if json_path == "-"
        else Path(json_path or beside(checkpoint, "evaluation.json"))
    )
    model, dataset = load_model_and_data(checkpoint, data)
    if target is not None:
        require_writable_folder(target.parent)
    with counting_bar("Encoding") as progress:
        results = evaluate_model(
            model, dataset, protocol, seed, progress, **(QUICK if quick else {})
        )
    if decomposition:
        results["decomposition"] = _decompose(model, dataset, quick, seed)
    record = {"checkpoint": str(checkpoint), **results, **environment()}
    text = json.dumps(record, indent=2, ensure_ascii=False)
    if target is None:
        click.echo(text)
        return
    with whole_file(target) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")
    click.echo(terms_table(results))
    click.echo(f"\n{target}", file=sys.stdout)


def _decompose(model, dataset, quick, seed):
    """The parts of the KL as plain values."""
    from keras_bvae.training.evaluation import (
        QUICK_DECOMPOSITION_IMAGES,
        decompose_model,
    )

    images = QUICK_DECOMPOSITION_IMAGES if quick else None
    with counting_bar("Decomposing") as progress:
        parts = decompose_model(model, dataset, images, seed=seed, progress=progress)
    return parts.as_dict()
