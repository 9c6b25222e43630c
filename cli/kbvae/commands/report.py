"""`kbvae report`."""

from pathlib import Path

import click

from kbvae import names
from kbvae.backend import backend_option, start_keras
from kbvae.options import data_option
from kbvae.progress import named_bars
from kbvae.terminal import say


@click.command(name="report")
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN|CKPT.keras")
@backend_option
@data_option
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE.html",
    help="Where to write it.  [default: report.html in the run's folder]",
)
@click.option(
    "--quick/--full",
    default=True,
    show_default=True,
    help="Measure what nobody measured yet on few images, or by the published "
    "protocol: seconds or minutes.",
)
@click.option("--no-metrics", is_flag=True, help="Measure nothing; show what is there.")
@click.option("--open", "opens", is_flag=True, help="Open it in the browser.")
def command(run, backend, data, out, quick, no_metrics, opens):
    """Gather all about a run in one HTML file.

    Settings, curves, reconstructions, samples, traversals, latent responses, a map of
    the latent space, scores with their protocol, heat maps, the data, versions, and the
    command to repeat it.
    The file needs no network and no other file; send it to whom you like.

    Scores of training and of `kbvae evaluate` are shown; of β-VAE score, MIG, DCI and
    SAP those that are missing are measured.

    \b
    Examples
      kbvae report runs/beta4
      kbvae report runs/beta4 -o beta4.html --open
      kbvae report runs/beta4 --full
      kbvae report btcvae.keras --data dsprites
    """
    start_keras(backend, opens=(run,))
    from keras_bvae.report import write_report
    from keras_bvae.report.writing import WRITING

    labels = {**names.METRICS, "encoding": "Encoding", WRITING: "Drawing"}
    with named_bars(labels) as progress:
        written = write_report(run, out, data, quick, not no_metrics, progress)
    say(f"{written}  {written.stat().st_size / 1e6:.1f} MB")
    if opens:
        click.launch(written.absolute().as_uri())
