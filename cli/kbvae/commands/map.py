"""`kbvae map`."""

from pathlib import Path

import click

from kbvae import names
from kbvae.backend import backend_option, start_keras
from kbvae.options import (
    NumberList,
    checkpoint_argument,
    data_option,
    picture_option,
    seed_option,
)
from kbvae.progress import counting_bar


@click.command(name="map")
@checkpoint_argument
@backend_option
@data_option
@click.option(
    "--method",
    type=click.Choice(names.MAP_METHODS),
    default="latents",
    show_default=True,
    help="Two latents; or all of them by PCA, t-SNE, or UMAP (needs umap-learn).",
)
@click.option(
    "--latents",
    type=NumberList(),
    metavar="X,Y",
    help="The two latents, across and up.  [default: the two of most KL]",
)
@click.option(
    "--color",
    metavar="FACTOR,…|none",
    help="Factors that colour the codes, a panel each.  [default: up to 6 that vary]",
)
@click.option(
    "--decoded",
    is_flag=True,
    help="Beside it, what the decoder makes over the plane of the two latents.",
)
@click.option(
    "--samples",
    type=click.IntRange(2, 2**31 - 1),
    help="Images drawn at random.  [default: 5000; t-SNE and UMAP 2000]",
)
@click.option(
    "--csv",
    "table",
    type=click.Path(path_type=Path),
    help="Also write the coordinates: image, x, y and factors, a row an image.",
)
@seed_option("Of the images, and of t-SNE and UMAP.")
@picture_option("map.png")
def command(
    checkpoint,
    backend,
    data,
    method,
    latents,
    color,
    decoded,
    samples,
    table,
    seed,
    out,
):
    """Draw what the latent space looks like: codes of images in the plane.

    A dot an image, at the mean of its posterior, coloured by a factor; many become
    hexagons. Circles hold 50 % and 95 % of the prior: codes that fill them are where
    `kbvae sample` draws. Factors that run along one axis belong to that latent; colours
    that lie mixed belong to none of the two.

    \b
    Examples
      kbvae map runs/beta4/ckpt.keras
      kbvae map runs/beta4/ckpt.keras --latents 3,7 --color shape,scale --decoded
      kbvae map runs/beta4/ckpt.keras --samples 200000 -o density.pdf --color none
      kbvae map runs/beta4/ckpt.keras --method tsne --csv codes.csv
    """
    start_keras(backend, opens=(checkpoint,))
    from keras_bvae.figures.latent_map import colors_of, draw_map, map_codes
    from keras_bvae.figures.map_table import require_map_table_path, write_map_table
    from keras_bvae.pictures import picture_file
    from keras_bvae.runs import beside, inputs_of, open_run

    out = out or beside(checkpoint, "map.png")
    inputs = inputs_of(checkpoint, data)
    picture_file.require_picture_path(out, False, inputs)
    if table is not None:
        require_map_table_path(table, inputs)
    opened = open_run(checkpoint, data)
    colors = colors_of(opened.dataset, _names(color))
    with counting_bar("Encoding") as progress:
        mapped = map_codes(
            opened.model,
            opened.dataset,
            latents=latents,
            method=method,
            decoded=decoded,
            samples=samples,
            seed=seed,
            progress=progress,
        )
    figure = draw_map(
        mapped, opened.model, opened.dataset, colors, decoded, opened.title
    )
    picture_file.save_picture(figure, out)
    click.echo(out)
    if table is not None:
        write_map_table(mapped, opened.dataset, table)
        click.echo(table)


def _names(text):
    if text is None:
        return None
    return () if text == "none" else tuple(part.strip() for part in text.split(","))
