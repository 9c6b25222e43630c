"""The checkpoint that a command names, and the data set it was trained on."""

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


def load_model_and_data(checkpoint, data):
    """The model, and the data set named or recorded beside the checkpoint.

    Raises:
        ValueError, OSError: the checkpoint or the data set cannot be used, or their
            images differ in size.
    """
    from keras_bvae.models.checkpoint import load_checkpoint

    model = load_checkpoint(checkpoint)
    return model, load_data_for(model, checkpoint, data)


def load_data_for(model, checkpoint, data):
    """The data set named or recorded beside the checkpoint of a model.

    Raises:
        ValueError, OSError: it cannot be used, or its images have another size than
            the model's.
    """
    from keras_bvae.evaluation.evaluate_model import require_same_size
    from keras_bvae.runs.trained_data import load_trained_data

    dataset = load_trained_data(checkpoint, data)
    require_same_size(model, dataset)
    return dataset


def picture_option(name, film=False):
    """`-o`: where the picture goes that a command draws of a checkpoint.

    Args:
        name: str, the file's name where none is typed; see `beside`.
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


def beside(checkpoint, name):
    """Where a result of a checkpoint goes: in a run's folder under its plain name.

    Elsewhere checkpoints share a folder, so the name tells them apart.
    """
    if checkpoint.stem == "ckpt":
        return checkpoint.parent / name
    return checkpoint.parent / f"{checkpoint.stem}-{name}"


def name_of(checkpoint):
    """What a picture calls a checkpoint: its run, or its own name outside a run."""
    if checkpoint.stem == "ckpt":
        return checkpoint.absolute().parent.name
    return checkpoint.stem
