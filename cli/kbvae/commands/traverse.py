"""`kbvae traverse`."""

from pathlib import Path

import click

from kbvae.backend import backend_option, start_keras
from kbvae.options import (
    MOST_STEPS,
    NumberList,
    checkpoint_argument,
    condition_of,
    condition_option,
    data_option,
    picture_option,
    seed_option,
)
from kbvae.terminal import say

# The library's `latents.SWEEP_MODES`, here without importing it.
_MODES = ("fixed", "normal", "gaussian", "interval", "minmax", "quantiles")


class _Reach(click.ParamType):
    name = "NUMBER"

    def convert(self, value, parameter, context):
        if value == "quantiles":
            return value
        try:
            number = float(value)
        except ValueError:
            number = 0.0
        if not 0 < number < float("inf"):
            self.fail(
                "A range is a number above 0, or the word quantiles; received "
                f"{value!r}. 3 is usual, or 0.9 where --mode goes by a share."
            )
        return number


@click.command(name="traverse")
@checkpoint_argument
@backend_option
@data_option
@click.option(
    "--image",
    "--images",
    "image",
    type=NumberList(),
    help="Start from this image; of several, 0,10,20, one below the other.",
)
@click.option(
    "--factors",
    help="Start from the image of these factors: 2,5,0,16,16 or shape=2,scale=5 "
    "(the others in the middle).",
)
@click.option(
    "--file",
    "file",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Start from a picture file; may be given several times.",
)
@click.option("--prior", is_flag=True, help="Start from the prior's mean.")
@click.option(
    "--mode",
    type=click.Choice(_MODES),
    help="How far each latent goes; see above.  [default: fixed]",
)
@click.option(
    "--range",
    "reach",
    type=_Reach(),
    help="How far, in the mode's unit.  [default: 3; see above]",
)
@click.option(
    "--latents", type=NumberList(), help="Only these, in this order: 3,5.  [all]"
)
@click.option(
    "--steps",
    type=click.IntRange(2, MOST_STEPS),
    help="Values a latent.  [default: 11, films 25]",
)
@condition_option
@seed_option()
@picture_option("traversal.png", film=True)
def command(
    checkpoint,
    backend,
    data,
    image,
    factors,
    file,
    prior,
    mode,
    reach,
    latents,
    steps,
    condition,
    seed,
    out,
):
    """Draw what each latent does: one row a latent, the strongest first.

    A row sweeps one latent and holds the others. Rows are sorted by KL, the information
    that a latent carries; a latent that carries none is grey. Without a starting point
    an image is picked on which every active latent shows.

    \b
    How far each latent goes, by --mode and --range
      fixed      3         standard deviations of the prior each way
      normal     0.9       of the prior's probability, by its quantiles
      gaussian   0.9       of a Gaussian fitted to the aggregate posterior
      interval   2         standard deviations of the aggregate posterior each way
      minmax               from the least to the largest code of the data
      quantiles  0.95      of the data's codes, by their quantiles

    \b
    Examples
      kbvae traverse runs/beta4/ckpt.keras
      kbvae traverse runs/beta4/ckpt.keras -o latents.gif --mode interval
      kbvae traverse runs/beta4/ckpt.keras --images 0,10,20 --latents 3,5 -o some.pdf
      kbvae traverse runs/digits/ckpt.keras --condition 3
      kbvae traverse runs/beta4/ckpt.keras --factors shape=2,scale=5 -o heart.png
    """
    starts = {"--image": image, "--factors": factors, "--file": file or None}
    _require_one_start({**starts, "--prior": prior or None})
    mode, reach = _mode_and_reach(mode, reach)
    start_keras(backend, opens=(checkpoint,))
    from keras_bvae.figures.traversals import traversal_film, traversals
    from keras_bvae.pictures import picture_file
    from keras_bvae.runs import beside, inputs_of, open_run

    out = out or beside(checkpoint, "traversal.png")
    animated = picture_file.is_film_path(out)
    inputs = [*inputs_of(checkpoint, data), *file]
    picture_file.require_picture_path(out, animated, inputs)
    opened = open_run(checkpoint, data)
    draw = traversal_film if animated else traversals
    picture = draw(
        opened.model,
        opened.dataset,
        images=_starting_images(opened, image, factors, file),
        prior=prior,
        mode=mode,
        reach=reach,
        latents=latents,
        seed=seed,
        condition=condition_of(opened.model, condition),
        title=opened.title,
        **({} if steps is None else {"steps": steps}),
    )
    picture_file.save_picture(picture, out)
    say(out)


def _mode_and_reach(mode, reach):
    """`--range quantiles` is the older way to say `--mode quantiles`."""
    if reach != "quantiles":
        return mode or "fixed", reach
    if mode not in (None, "quantiles"):
        raise click.UsageError(
            f"--range quantiles is a mode of its own; received it with --mode {mode}. "
            "Leave out one of the two."
        )
    return "quantiles", None


def _require_one_start(starts):
    given = [name for name, value in starts.items() if value is not None]
    if len(given) > 1:
        raise click.UsageError(
            "A traversal starts from one point; received "
            f"{' and '.join(given)}. Keep one of them."
        )


def _starting_images(opened, image, factors, file):
    """Array `(n, height, width, channels)`, or None where none was asked for."""
    import numpy as np

    if image is not None:
        return opened.dataset.images_at(list(image))
    if factors is not None:
        return opened.dataset.images([_factor_row(opened.dataset, factors)])
    if file:
        return np.concatenate([opened.picture(path) for path in file])
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
