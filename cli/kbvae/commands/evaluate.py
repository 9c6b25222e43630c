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
    help="Draw all pairs among 5,000 images: seconds instead of minutes, within 0.01.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option(
    "--json",
    "json_path",
    metavar="FILE|-",
    help="Where the record goes; - prints it instead of the table.  "
    "[default: evaluation.json beside the checkpoint]",
)
def command(checkpoint, backend, data, protocol, quick, seed, json_path):
    """Measure a checkpoint: loss terms and the β-VAE disentanglement score.

    The score always carries its protocol, because scores of different settings do not
    compare. The full protocol encodes most of dSprites: minutes on two cores.

    \b
    Examples
      kbvae evaluate runs/beta4/ckpt.keras
      kbvae evaluate runs/beta4/ckpt.keras --protocol higgins2017 --json -
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
    record = {"checkpoint": str(checkpoint), **results, **environment()}
    text = json.dumps(record, indent=2, ensure_ascii=False)
    if target is None:
        click.echo(text)
        return
    with whole_file(target) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")
    click.echo(terms_table(results))
    click.echo(f"\n{target}", file=sys.stdout)
