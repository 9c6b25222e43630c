"""`kbvae responses`."""

import click

from kbvae.backend import backend_option, start_keras
from kbvae.options import (
    NumberList,
    checkpoint_argument,
    data_option,
    picture_option,
    seed_option,
)
from kbvae.progress import counting_bar
from kbvae.terminal import say


@click.command(name="responses")
@checkpoint_argument
@backend_option
@data_option
@click.option(
    "--latents",
    type=NumberList(word="all"),
    metavar="3,5|all",
    help="Latents to draw, in this order.  [default: the active ones, by KL]",
)
@click.option(
    "--plane",
    metavar="X,Y|none",
    help="Two factors to draw as a plane.  [default: position_x,position_y if there]",
)
@click.option(
    "--category",
    metavar="FACTOR|none",
    help="Factor to tell apart by colour.  [default: shape, if there is one]",
)
@click.option(
    "--factors",
    metavar="A,B",
    help="Factors to draw as curves.  [default: all the others]",
)
@seed_option()
@picture_option("responses.png")
def command(checkpoint, backend, data, latents, plane, category, factors, seed, out):
    """Draw what each latent answers to: the plot of the β-VAE papers.

    A row a latent, the strongest first. Its mean code is shaded over the positions, and
    drawn against each other factor, a colour a shape, ± one standard deviation over all
    that is left. A latent that answers to one factor only moves in one place of its
    row.

    \b
    Examples
      kbvae responses runs/beta4/ckpt.keras
      kbvae responses runs/beta4/ckpt.keras -o responses.pdf --latents all
      kbvae responses shapes.keras --data tfds:shapes3d --category object_hue
    """
    start_keras(backend, opens=(checkpoint,))
    from keras_bvae.figures.latent_responses import latent_responses
    from keras_bvae.pictures import picture_file
    from keras_bvae.runs import beside, inputs_of, open_run

    out = out or beside(checkpoint, "responses.png")
    inputs = inputs_of(checkpoint, data)
    picture_file.require_picture_path(out, False, inputs)
    opened = open_run(checkpoint, data)
    with counting_bar("Encoding") as progress:
        figure = latent_responses(
            opened.model,
            opened.dataset,
            latents=latents,
            plane=_names(plane),
            category="" if category == "none" else category,
            factors=_names(factors),
            seed=seed,
            title=opened.title,
            progress=progress,
        )
    picture_file.save_picture(figure, out)
    say(out)


def _names(text):
    if text is None:
        return None
    return () if text == "none" else tuple(part.strip() for part in text.split(","))
