"""`kbvae interpolate`."""

import re
from pathlib import Path

import click

from kbvae.backend import backend_option, start_keras
from kbvae.options import (
    MOST_STEPS,
    checkpoint_argument,
    condition_of,
    condition_option,
    data_option,
    picture_option,
)
from kbvae.terminal import say


@click.command(name="interpolate")
@checkpoint_argument
@backend_option
@data_option
@click.option(
    "--from",
    "first",
    metavar="INDEX|FILE",
    required=True,
    help="First image: its number in the data set, or a picture file.",
)
@click.option("--to", "last", metavar="INDEX|FILE", required=True, help="Last image.")
@click.option(
    "--steps",
    type=click.IntRange(2, MOST_STEPS),
    help="Decoded images.  [default: 11, films 25]",
)
@click.option(
    "--path",
    type=click.Choice(["linear", "spherical"]),
    default="linear",
    show_default=True,
    help="A straight line between the codes, or even steps of their angle.",
)
@condition_option
@picture_option("interpolation.png", film=True)
def command(checkpoint, backend, data, first, last, steps, path, condition, out):
    """Draw the way from one image to another through the latents.

    The way leads from one posterior mean to the other; what lies between is decoded.

    \b
    Examples
      kbvae interpolate runs/beta4/ckpt.keras --from 0 --to 700000
      kbvae interpolate runs/beta4/ckpt.keras --from a.png --to b.png -o way.gif
      kbvae interpolate runs/beta4/ckpt.keras --from 0 --to 9 --path spherical
    """
    for option, end in (("--from", first), ("--to", last)):
        _require_end(option, end)
    start_keras(backend, opens=(checkpoint,))
    from keras_bvae.figures.model_images import interpolation_film, interpolations
    from keras_bvae.pictures import picture_file
    from keras_bvae.runs import beside, inputs_of, open_run

    out = out or beside(checkpoint, "interpolation.png")
    animated = picture_file.is_film_path(out)
    inputs = [*inputs_of(checkpoint, data), first, last]
    picture_file.require_picture_path(out, animated, inputs)
    ends = (first, last)
    needs_data = any(end.isdecimal() for end in ends)
    opened = open_run(checkpoint, data, needs_data)
    draw = interpolation_film if animated else interpolations
    picture = draw(
        opened.model,
        *(_read_end(opened, end) for end in ends),
        path=path,
        names=[_name(end, opened.model) for end in ends],
        title=opened.title,
        condition=condition_of(opened.model, condition),
        **({} if steps is None else {"steps": steps}),
    )
    picture_file.save_picture(picture, out)
    say(out)


def _require_end(option, end):
    if re.fullmatch(r"-\d+", end):
        raise click.UsageError(
            f"{option} takes the number of an image, 0 for the first, or a picture "
            f"file; received {end}. Count from 0."
        )


def _read_end(opened, end):
    """An image, by its number in the data set or from a picture file."""
    if end.isdecimal():
        return opened.dataset.images_at([int(end)])[0]
    return opened.picture(Path(end))[0]


def _name(end, model):
    from keras_bvae.datasets.values import name_of_one

    return f"{name_of_one(model)} {end}" if end.isdecimal() else Path(end).name
