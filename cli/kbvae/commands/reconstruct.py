"""`kbvae reconstruct`."""

from pathlib import Path

import click

from kbvae.backend import backend_option, start_keras
from kbvae.options import (
    MOST_IMAGES,
    checkpoint_argument,
    condition_of,
    condition_option,
    data_option,
    picture_option,
    seed_option,
)
from kbvae.terminal import say


@click.command(name="reconstruct")
@checkpoint_argument
@backend_option
@data_option
@click.option(
    "--images",
    "count",
    type=click.IntRange(1, MOST_IMAGES),
    metavar="N",
    help="How many images of the data set.  [default: 16]",
)
@click.option(
    "--file",
    "files",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A picture file instead; may be given several times.",
)
@condition_option
@seed_option("Which images are drawn.")
@picture_option("reconstructions.png")
def command(checkpoint, backend, data, count, files, condition, seed, out):
    """Draw images beside what the model makes of them, each with its error.

    An image is decoded from its posterior mean. The error is in nats, by the model's
    own likelihood, summed over pixels: the smaller the better.

    \b
    Examples
      kbvae reconstruct runs/beta4/ckpt.keras
      kbvae reconstruct runs/beta4/ckpt.keras --images 32 --seed 1 -o many.pdf
      kbvae reconstruct runs/beta4/ckpt.keras --file one.png --file another.jpg
    """
    if files and (count is not None or data is not None):
        raise click.UsageError(
            "Images come from picture files or from a data set; received --file with "
            f"{'--images' if data is None else '--data'}. Leave out one of the two."
        )
    start_keras(backend, opens=(checkpoint,))
    from keras_bvae.figures.model_images import reconstructions
    from keras_bvae.pictures import picture_file
    from keras_bvae.runs import beside, inputs_of, open_run

    out = out or beside(checkpoint, "reconstructions.png")
    inputs = [*inputs_of(checkpoint, data), *files]
    picture_file.require_picture_path(out, False, inputs)
    opened = open_run(checkpoint, data, needs_data=not files)
    condition = condition_of(opened.model, condition)
    if files:
        page = _of_files(opened, files, condition)
    else:
        page = reconstructions(
            opened.model,
            opened.dataset,
            count=count or 16,
            seed=seed,
            title=opened.title,
            condition=condition,
        )
    picture_file.save_picture(page, out)
    say(out)


def _of_files(opened, files, condition):
    import numpy as np

    from keras_bvae.figures.model_images import reconstructions
    from keras_bvae.pictures.sheets.typeface import SMALL_SIZE, shortened

    images = [opened.picture(path) for path in files]
    names = [shortened(path.name, 96, SMALL_SIZE) for path in files]
    return reconstructions(
        opened.model,
        images=np.concatenate(images),
        names=names,
        title=opened.title,
        condition=condition,
    )
