"""`kbvae sample`."""

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


@click.command(name="sample")
@checkpoint_argument
@backend_option
@click.option(
    "--count",
    type=click.IntRange(1, MOST_IMAGES),
    default=64,
    show_default=True,
    help="How many images.",
)
@click.option(
    "--temperature",
    type=click.FloatRange(0, 1e6),
    default=1.0,
    show_default=True,
    help="Multiplies the draws' standard deviation; below 1 images are more typical.",
)
@click.option(
    "--posterior",
    is_flag=True,
    help="Draw codes from the posteriors of random images, not from the prior.",
)
@data_option
@condition_option
@seed_option()
@picture_option("samples.png")
def command(
    checkpoint, backend, count, temperature, posterior, data, condition, seed, out
):
    """Draw images that the model makes up: decoded draws of the prior.

    Of a model with a condition each row is one condition, up to 16, and each column
    one code, up to 8; --condition draws --count images of one.

    \b
    Examples
      kbvae sample runs/beta4/ckpt.keras
      kbvae sample runs/beta4/ckpt.keras --count 16 --temperature 0.7 -o typical.png
      kbvae sample runs/beta4/ckpt.keras --posterior -o like-the-data.png
    """
    if data is not None and not posterior:
        raise click.UsageError(
            "--data says whose posteriors to draw from; received it without "
            "--posterior. Add that, or leave out --data: the prior needs none."
        )
    start_keras(backend, opens=(checkpoint,))
    from keras_bvae.figures.model_images import samples
    from keras_bvae.pictures import picture_file
    from keras_bvae.runs import beside, inputs_of, open_run

    out = out or beside(checkpoint, "samples.png")
    inputs = inputs_of(checkpoint, data)
    picture_file.require_picture_path(out, False, inputs)
    opened = open_run(checkpoint, data, needs_data=posterior)
    page = samples(
        opened.model,
        count=count,
        temperature=temperature,
        dataset=opened.dataset,
        seed=seed,
        condition=condition_of(opened.model, condition),
        title=opened.title,
    )
    picture_file.save_picture(page, out)
    say(out)
