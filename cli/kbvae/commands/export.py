"""`kbvae export`."""

from pathlib import Path

import click

from kbvae.backend import backend_option, start_keras
from kbvae.options import checkpoint_argument
from kbvae.progress import counting_bar
from kbvae.terminal import say

# As the library has them; a test compares.
FORMATS = ("onnx", "saved_model", "torch", "litert", "openvino")
PARTS = {
    "both": ("encoder", "decoder"),
    "encoder": ("encoder",),
    "decoder": ("decoder",),
    "model": ("model",),
}


@click.command(name="export")
@checkpoint_argument
@backend_option
@click.option(
    "--format",
    "format",
    type=click.Choice(FORMATS),
    default="onnx",
    show_default=True,
    help="What to write; which backends can, stands above.",
)
@click.option(
    "--part",
    type=click.Choice(tuple(PARTS)),
    default="both",
    show_default=True,
    help="both: encoder and decoder, a file each. model: one file from images through "
    "the means to images.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder to write, whole or not at all; an earlier export in it is replaced.  "
    "[default: one named after the format, beside the checkpoint]",
)
def command(checkpoint, backend, format, part, out):
    """Write encoder and decoder as files that run without Keras.

    The encoder takes images and gives mean and log_variance; the decoder takes codes
    and gives the image in [0, 1]. Images are float32 in [0, 1], (batch, height, width,
    channels); a batch may have any size. Each file is run at once, where a program for
    it is installed, and must give what Keras gives, to 1e-4. export.json beside them
    says what goes in and comes out.

    \b
    Formats, and the backends that write them
      onnx         tensorflow, jax, torch    pip install 'keras-bvae[onnx]'
      saved_model  tensorflow, jax
      torch        torch                     a .pt2 program, for PyTorch alone
      litert       tensorflow                for phones and boards
      openvino     tensorflow, torch         pip install openvino
    A checkpoint loads on any backend, so choose the one that the format takes.

    \b
    Examples
      kbvae export runs/beta4/ckpt.keras
      kbvae export runs/beta4/ckpt.keras --format saved_model --backend tensorflow
      kbvae export betaH.keras --part encoder -o encoder
    """
    start_keras(backend, needs_tensorflow=format == "saved_model")
    from keras_bvae.export import export_model
    from keras_bvae.export.formats import require_format
    from keras_bvae.runs import beside, open_run

    require_format(format)  # before the time that a load takes
    opened = open_run(checkpoint, needs_data=False)
    out = out or beside(checkpoint, format)
    with counting_bar(f"Exporting to {format}") as progress:
        record = export_model(
            opened.model, out, format, PARTS[part], _notes(opened), progress
        )
    _say(record, out)


def _notes(opened):
    """Where the files come from; how much each latent carries, if a run tells."""
    import numpy as np

    from keras_bvae.errors import InvalidValue

    notes = {"checkpoint": opened.checkpoint.name}
    try:
        history = opened.history
    except InvalidValue:
        return notes  # damaged: the model is none the worse for it
    if history is None:
        return notes
    kl = history.kl[-1]
    if len(kl) and np.isfinite(kl).all():
        named = {f"kl_{latent}": float(value) for latent, value in enumerate(kl)}
        notes["training_kl_in_nats"] = named
    return notes


def _say(record, out):
    for part in record["parts"].values():
        ends = [
            ", ".join(
                f"{name} ({', '.join(map(str, tensor['shape']))})"
                for name, tensor in part[side].items()
            )
            for side in ("inputs", "outputs")
        ]
        say(f"{out / part['file']}  {ends[0]} to {ends[1]}")
    say(f"{out / 'export.json'}  what goes in and comes out, versions\n")
    if record["checked_with"] is None:
        click.echo("Not checked: no program that runs such files is installed here.")
    else:
        largest = max(p["largest_difference"] for p in record["parts"].values())
        click.echo(
            f"Checked with {record['checked_with']}: outputs differ from Keras's by at "
            f"most {largest:.1g}."
        )
