"""Arguments and options that several commands take, each written once."""

from pathlib import Path

import click

from kbvae import names

checkpoint_argument = click.argument(
    "checkpoint", type=click.Path(path_type=Path), metavar="CKPT.keras"
)
data_option = click.option(
    "--data",
    help=f"Data set: {names.DATASETS}.  [default: the one it was trained on]",
)
protocol_option = click.option(
    "--protocol",
    type=click.Choice(names.PROTOCOLS),
    default="locatello2019",
    show_default=True,
    help="Whose settings the scores are computed with.",
)


# The library's `rules.LARGEST_SEED`, here without importing it.
LARGEST_SEED = 2**32 - 1
# More no picture can show.
MOST_IMAGES, MOST_STEPS = 10_000, 1000
# No data set has more images, no model more latents.
_LARGEST_NUMBER = 2**31 - 1


def seed_option(text="Of all draws."):
    """`--seed`, with what its help says that it decides."""
    kind = click.IntRange(0, LARGEST_SEED)
    return click.option("--seed", type=kind, default=0, show_default=True, help=text)


def metrics_option(default):
    """`--metrics`; its help names those that are computed when it is not typed."""
    return click.option(
        "--metrics",
        "-m",
        multiple=True,
        callback=typed_names,
        metavar="all|NAME,NAME…",
        help=f"Metrics, by name: {', '.join(names.METRICS)}; or all, which is the "
        f"first {len(names.ALL_METRICS)}.  [default: {','.join(default)}]",
    )


def split_names(values):
    """Every name that was typed, once: `("mig,dci", "sap")` are three."""
    typed = [name.strip() for value in values for name in value.split(",")]
    return tuple(dict.fromkeys(name for name in typed if name))


def typed_names(context, parameter, values):
    """The names as a tuple, empty only where the option was not typed."""
    found = split_names(values)
    if values and not found:
        raise click.BadParameter(
            "Names are given with commas between them, as mig,dci; received "
            f"{values[0]!r}, which has none. Leave the option out, or name some."
        )
    return found


condition_option = click.option(
    "--condition",
    "condition",
    metavar="CLASS",
    help="Of a model with a condition, what to hold: 3, or shape=2,scale=5.",
)


def condition_of(model, text):
    """`--condition` as a row of classes; None where it was not typed."""
    if text is None:
        return None
    names = tuple(model.condition or ())
    parts = [part.strip() for part in text.split(",")]
    try:
        if "=" in text:
            pairs = dict(part.split("=") for part in parts)
            if set(pairs) != set(names) or len(pairs) < len(parts):
                raise ValueError
            row = [int(pairs[name]) for name in names]
        else:
            row = [int(part) for part in parts]
        if names and len(row) != len(names):
            raise ValueError
    except ValueError:
        example = ",".join(f"{name}=0" for name in names) or "0"
        raise click.UsageError(
            "--condition must be a class of each of the model's, "
            f"{', '.join(names) or 'which has none'}; received {text!r}. For example "
            f"{example}."
        ) from None
    return model.condition_of((), row, count=1)[0]


def picture_option(name, film=False):
    """`-o`: where the picture goes that a command draws of a checkpoint.

    Args:
        name: str, the file's name where none is typed; see `keras_bvae.runs.beside`.
        film: bool, whether the picture may move.
    """
    formats = ".webp, or a film, .gif or .mp4" if film else ".webp, .gif"
    return click.option(
        "-o",
        "--out",
        type=click.Path(path_type=Path),
        help=f"Picture to write: .png, .pdf, .svg, {formats}.  "
        f"[default: {name} beside it]",
    )


class Scale(click.ParamType):
    """A number, or one of `names.MOVING_SCALES`."""

    name = "scale"

    def convert(self, value, parameter, context):
        if value in names.MOVING_SCALES:
            return value
        try:
            return float(value)  # `Settings` says which numbers
        except ValueError:
            words = " or ".join(names.MOVING_SCALES)
            self.fail(
                f"A scale is a number above 0, or the word {words}; received {value!r}."
                " 1 is the default."
            )


class NumberList(click.ParamType):
    """`0,10,20` as a tuple of ints, none below 0.

    Args:
        word: str that may be typed instead and stays as it is; None: no such word.
    """

    name = "N,N,…"

    def __init__(self, word=None):
        self.word = word

    def convert(self, value, parameter, context):
        if isinstance(value, tuple) or value == self.word:
            return value
        try:
            numbers = tuple(int(part) for part in value.split(","))
        except ValueError:
            numbers = (-1,)
        if not 0 <= min(numbers) <= max(numbers) <= _LARGEST_NUMBER:
            self.fail(
                "Whole numbers of at least 0 are given with commas between them, as "
                f"0,10,20; received {value!r}. A single number will do as well"
                + ("." if self.word is None else f", or the word {self.word}.")
            )
        return numbers
