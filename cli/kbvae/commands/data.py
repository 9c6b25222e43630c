"""`kbvae data`."""

from pathlib import Path

import click

from kbvae.backend import backend_option, start_keras
from kbvae.options import seed_option
from kbvae.progress import counting_bar
from kbvae.terminal import printable, say


@click.command(name="data")
@click.argument("name", metavar="[NAME]", required=False)
@backend_option
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="Contact sheet to write, .png or .gif.  [default: NAME.png]",
)
@click.option("--factors", help="Factors to show, with commas.  [default: all]")
@seed_option("Of the sample drawn.")
@click.option(
    "--compare",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Count the pixels in which an official file differs, instead of drawing.",
)
def command(name, backend, out, factors, seed, compare):
    """Describe a data set and draw a contact sheet of it.

    Without NAME, list what there is. A NAME is a source, and after it changes, done
    from left to right; `train` and all others take the same with --data.

    \b
    Examples
      kbvae data
      kbvae data dsprites
      kbvae data digits+size=32 -o digits.png
      kbvae data images:holidays+size=128+skip-corrupt
      kbvae data images:animals+folders=factor+size=96x64+fit=pad
      kbvae data array:faces.npy+train=0.2:7
      kbvae data dsprites+color
      kbvae data dsprites+background=scream.jpg
      kbvae data dsprites+hide=shape+noise
      kbvae data dsprites+fix=shape:0+correlate=scale:position_x:0.2
      kbvae data shapes3d:3dshapes.h5 --factors shape,scale
      kbvae data dsprites --compare dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz
    """
    start_keras(backend)
    from keras_bvae import datasets
    from keras_bvae.datasets.catalog import file_name_of, paths_in
    from keras_bvae.pictures import contact_sheet, picture_file

    if name is None:
        _list_names(out, factors, compare)
        return
    if compare is not None:
        _compare(datasets.load(name), datasets.load(f"dsprites:{compare}"))
        return
    out = out or Path(f"{file_name_of(name)}.png")
    picture_file.require_picture_path(out, inputs=paths_in(name))
    dataset = datasets.load(name)
    chosen = None if factors is None else [part.strip() for part in factors.split(",")]
    picture = contact_sheet(dataset, seed=seed, factor_names=chosen)
    picture_file.save_picture(picture, out)
    click.echo(printable(dataset.summary(), longest=20_000))
    say(f"\n{out}")


def _list_names(out, factors, compare):
    from keras_bvae import datasets

    typed = {"--out": out, "--factors": factors, "--compare": compare}
    extra = [option for option, value in typed.items() if value is not None]
    if extra:
        raise click.UsageError(
            f"{extra[0]} needs the NAME of a data set; received none. "
            "Leave it out to list the data sets."
        )
    for title, entries in (
        ("Data sets", datasets.NAMES),
        ("Changes, after the name", datasets.CHANGES),
    ):
        width = max(map(len, entries))
        click.echo(f"{title}\n")
        for form, text in entries.items():
            click.echo(f"  {form:<{width}}  {text}")
        click.echo("")
    click.echo(
        "color, noise and background are for black and white images, as dsprites has.\n"
        "\nExamples\n\n"
        "  kbvae data dsprites+color\n"
        "  kbvae train --data images:holidays+size=128+train\n"
        "  kbvae evaluate runs/mine/ckpt.keras --data dsprites+validation"
    )


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
