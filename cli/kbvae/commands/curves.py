"""`kbvae curves`."""

from pathlib import Path

import click

from kbvae.backend import backend_option, start_keras
from kbvae.options import seed_option
from kbvae.progress import counting_bar
from kbvae.terminal import say


@click.command(name="curves")
@click.argument(
    "runs",
    type=click.Path(path_type=Path),
    metavar="RUN...",
    nargs=-1,
    required=True,
)
@backend_option
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="Picture to write, .png, .pdf or .svg.  [default: curves.png in the run, or "
    "here for several]",
)
@click.option(
    "--film",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write a film of one run's training instead, .gif or .mp4, from the "
    "checkpoints that --keep-checkpoints kept.",
)
@seed_option()
def command(runs, backend, out, film, seed):
    """Draw losses and the KL of each latent, step by step; or film the latents.

    RUN is a run's folder or its history.csv. Of several runs the losses share a panel,
    a colour a run. A latent that is alive in the end is named where its line ends.

    \b
    Examples
      kbvae curves runs/beta4
      kbvae curves runs/beta1 runs/beta4 runs/beta16 -o three.pdf
      kbvae train --out runs/beta4 --keep-checkpoints 100
      kbvae curves runs/beta4 --film training.gif
    """
    if film is not None:
        _require_one_run(runs, out)
    start_keras(backend, opens=runs)
    if film is not None:
        _film(runs[0], film, seed)
        return
    from keras_bvae.figures.training import training_curves
    from keras_bvae.pictures import picture_file

    alone = runs[0].parent if runs[0].is_file() else runs[0]
    out = out or (alone / "curves.png" if len(runs) == 1 else Path("curves.png"))
    if out.parent.is_dir():  # else: the run's folder is missing, which says more
        picture_file.require_picture_path(out, animated=False)
    figure = training_curves(*runs)
    picture_file.save_picture(figure, out)
    say(out)


def _require_one_run(runs, out):
    if len(runs) > 1 or out is not None:
        raise click.UsageError(
            "--film is drawn of one run and names its own file; received "
            f"{len(runs)} {'runs' if len(runs) > 1 else 'run and --out'}. Leave the "
            "others out."
        )


def _film(run, film, seed):
    from keras_bvae.figures.training import training_film
    from keras_bvae.pictures import picture_file

    picture_file.require_picture_path(film, animated=True)
    with counting_bar("Reading checkpoints") as progress:
        animation = training_film(run, seed=seed, progress=progress)
    picture_file.save_picture(animation, film)
    say(film)
