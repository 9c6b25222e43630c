"""`kbvae traverse`."""

from pathlib import Path

import click

from kbvae.backend import backend_option, start_keras
from kbvae.checkpoints import (
    beside,
    checkpoint_argument,
    data_option,
    load_model_and_data,
    name_of,
)


class _Reach(click.ParamType):
    name = "NUMBER|quantiles"

    def convert(self, value, parameter, context):
        if value == "quantiles":
            return value
        try:
            number = float(value)
        except ValueError:
            number = 0.0
        if not 0 < number < float("inf"):
            self.fail(
                "A range is a number above 0, of prior standard deviations, or the "
                f"word quantiles; received {value!r}. 3 is usual."
            )
        return number


@click.command(name="traverse")
@checkpoint_argument
@backend_option
@data_option
@click.option("--image", type=click.IntRange(min=0), help="Start from this image.")
@click.option(
    "--factors",
    help="Start from the image of these factors: 2,5,0,16,16 or shape=2,scale=5 "
    "(the others in the middle).",
)
@click.option(
    "--file", "file", type=click.Path(path_type=Path), help="Start from a picture file."
)
@click.option("--prior", is_flag=True, help="Start from the prior's mean.")
@click.option(
    "--range",
    "reach",
    type=_Reach(),
    default="3",
    show_default=True,
    help="Standard deviations each way, or quantiles: each latent's own 2.5 to 97.5 %.",
)
@click.option(
    "--steps",
    type=click.IntRange(min=2),
    help="Values a latent.  [default: 11, GIF 25]",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="Picture to write, .png or .gif.  [default: traversal.png beside it]",
)
def command(
    checkpoint, backend, data, image, factors, file, prior, reach, steps, seed, out
):
    """Draw what each latent does: one row a latent, the strongest first.

    A row sweeps one latent and holds the others. Rows are sorted by KL, the information
    that a latent carries; a latent that carries none is grey. Without a starting point
    an image is picked on which every active latent shows.

    \b
    Examples
      kbvae traverse runs/beta4/ckpt.keras
      kbvae traverse runs/beta4/ckpt.keras -o latents.gif --range quantiles
      kbvae traverse runs/beta4/ckpt.keras --factors shape=2,scale=5 -o heart.png
    """
    starts = {"--image": image, "--factors": factors, "--file": file}
    _require_one_start({**starts, "--prior": prior or None})
    start_keras(backend)
    from keras_bvae import pictures
    from keras_bvae.training.latent_picture import latent_picture

    out = out or beside(checkpoint, "traversal.png")
    pictures.require_picture_path(out)
    model, dataset = load_model_and_data(checkpoint, data)
    picture = latent_picture(
        model,
        dataset,
        image=_starting_image(dataset, model.image_shape, image, factors, file),
        prior=prior,
        reach=reach,
        steps=steps,
        animated=out.suffix.lower() == ".gif",
        seed=seed,
        title=name_of(checkpoint),
    )
    pictures.save_picture(picture, out)
    click.echo(out)


def _require_one_start(starts):
    given = [name for name, value in starts.items() if value is not None]
    if len(given) > 1:
        raise click.UsageError(
            "A traversal starts from one point; received "
            f"{' and '.join(given)}. Keep one of them."
        )


def _starting_image(dataset, image_shape, image, factors, file):
    from keras_bvae import datasets

    if image is not None:
        return dataset.images_at([image])[0]
    if factors is not None:
        return dataset.images([_factor_row(dataset, factors)])[0]
    if file is not None:
        return datasets.read_image_file(file, image_shape)[0]
    return None


def _factor_row(dataset, text):
    """'2,5,0,16,16' or 'shape=2,scale=5' as a row of class indices."""
    dataset.require_factors("--factors")
    parts = [part.strip() for part in text.split(",")]
    names = dataset.factor_names
    try:
        if "=" not in text:
            row = [int(part) for part in parts]
        else:
            pairs = dict(part.split("=") for part in parts)
            if not set(pairs) <= set(names):
                raise ValueError
            sizes = zip(names, dataset.factor_sizes, strict=True)
            row = [int(pairs.get(name, size // 2)) for name, size in sizes]
        if len(row) != len(names):
            raise ValueError
    except ValueError:
        raise click.UsageError(
            f"--factors must be {len(names)} whole numbers or name=number pairs, of "
            f"{', '.join(names)}; received {text!r}. For example "
            f"{names[0]}=0,{names[-1]}=1."
        ) from None
    return row
