"""`kbvae explore`."""

import logging
import threading
from collections import Counter
from pathlib import Path

import click

from kbvae.backend import backend_option, start_keras
from kbvae.options import data_option, seed_option
from kbvae.progress import counting_bar
from kbvae.terminal import one_line


@click.command(name="explore")
@click.argument(
    "checkpoints",
    type=click.Path(path_type=Path),
    metavar="CKPT.keras …",
    nargs=-1,
    required=True,
)
@backend_option
@data_option
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on. The default is for this machine only; with 0.0.0.0 "
    "whoever reaches it can open the page.",
)
@click.option(
    "--port",
    type=click.IntRange(min=0, max=65535),
    default=0,
    help="Port to listen on.  [default: a free one]",
)
@click.option(
    "--open/--no-browser",
    "open_browser",
    default=True,
    help="Whether to open the page in the browser.  [default: --open]",
)
@seed_option()
def command(checkpoints, backend, data, host, port, open_browser, seed):
    """Move the latents of models with sliders, in the browser.

    Click on an image, or choose a picture of your own, and every model encodes it; move
    a slider and the decoded image follows. Latents are sorted by KL, the information
    that each carries. The page is served on this machine and needs no network. Ctrl-C
    ends it.

    \b
    Gradio draws the page: pip install 'keras-bvae[explore]'

    \b
    Examples
      kbvae explore runs/beta4/ckpt.keras
      kbvae explore runs/*/ckpt.keras                  side by side
      kbvae explore runs/beta4/ckpt.keras --no-browser --port 7860
    """
    start_keras(backend, opens=checkpoints)
    from keras_bvae.explore import explorer, serve
    from keras_bvae.explore.interface import require_gradio
    from keras_bvae.explore.server import require_free

    # Each model is compiled for a few batch sizes; TensorFlow would warn of them all.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    require_gradio()
    require_free(host, port)
    models, dataset = _load(checkpoints, data)
    with counting_bar("Measuring the latents") as progress:
        page = explorer(models, dataset, seed=seed, progress=progress)
    address = serve(page, host, port, open_browser)
    shown = one_line(", ".join(models))
    click.echo(f"{address}  shows {shown}. Ctrl-C ends it.")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("\nEnded.")
    finally:
        page.close(verbose=False)


def _load(checkpoints, data):
    """The models by their titles, and the first one's data set, or the one named."""
    from keras_bvae.runs import open_run

    first = open_run(checkpoints[0], data)
    others = [open_run(path, needs_data=False) for path in checkpoints[1:]]
    opened = [first, *others]
    titles = _titles(opened)
    models = [run.model for run in opened]
    return dict(zip(titles, models, strict=True)), first.dataset


def _titles(opened):
    """A short name each, or the path where two would have the same."""
    count = Counter(run.title for run in opened)
    return [r.title if count[r.title] == 1 else str(r.checkpoint) for r in opened]
