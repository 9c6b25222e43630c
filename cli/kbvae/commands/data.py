"""`kbvae data`."""

import re
from pathlib import Path

import click

from kbvae.backend import backend_option, start_keras
from kbvae.progress import counting_bar


@click.command(name="data")
@click.argument("name", metavar="NAME")
@backend_option
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="Contact sheet to write, .png.  [default: NAME.png]",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option(
    "--compare",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Count the pixels in which an official file differs, instead of drawing.",
)
def command(name, backend, out, seed, compare):
    """Describe a data set and draw a contact sheet of it.

    \b
    Examples
      kbvae data dsprites
      kbvae data digits -o digits.png
      kbvae data dsprites --compare dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz
    """
    start_keras(backend)
    from keras_bvae import datasets, pictures

    dataset = datasets.load(name)
    if compare is not None:
        _compare(dataset, datasets.load(f"dsprites:{compare}"))
        return
    out = out or Path(re.sub(r"\W+", "-", name).strip("-") + ".png")
    pictures.require_picture_path(out)
    picture = pictures.contact_sheet(dataset, seed=seed)
    pictures.save_picture(picture, out)
    click.echo(dataset.summary())
    click.echo(f"\n{out}")


def _compare(ours, official):
    from keras_bvae import datasets

    with counting_bar("Comparing") as progress:
        found = datasets.compare(official, ours, progress=progress)
    click.echo(f"{found.images:,} images compared with {ours.name}")
    if not found.images_that_differ:
        click.echo("all are equal to the pixel")
        return
    verb = "differs" if found.images_that_differ == 1 else "differ"
    click.echo(
        f"{found.images_that_differ:,} {verb}, in {found.pixels_that_differ:,} pixels\n"
        f"the first is image {found.first_index:,}, the worst image "
        f"{found.worst_index:,} with {found.worst_pixels:,} pixels"
    )
