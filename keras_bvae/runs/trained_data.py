"""The data set that a checkpoint was trained on, as its run recorded it."""

import json
from pathlib import Path

from keras_bvae import datasets
from keras_bvae.datasets.catalog import file_name_of
from keras_bvae.runs.run_folder import RunFolder

# What a converted or moved checkpoint is taken to be trained on.
DEFAULT_DATA = "dsprites"


def run_of(checkpoint):
    """The run that wrote a checkpoint: its last one, or one kept on its way.

    Args:
        checkpoint: path of a `.keras` file.

    Returns:
        `RunFolder`, or None for a converted or moved checkpoint.
    """
    folder = Path(checkpoint).parent
    around = RunFolder(folder.absolute().parent)
    is_kept = folder.absolute() == around.kept.folder
    run = around if is_kept else RunFolder(folder)
    return run if run.record.is_file() else None


def load_trained_data(checkpoint, data=None):
    """The data set that is named, or else the one that a checkpoint was trained on.

    Args:
        checkpoint: path of a `.keras` file.
        data: name of a data set, or None.

    Returns:
        data set; dSprites where neither is known.

    Raises:
        ValueError, OSError: it cannot be opened.
    """
    if data is not None:
        return datasets.load(data)
    recorded = _recorded(checkpoint)
    if recorded is None:
        return datasets.load(DEFAULT_DATA)
    try:
        return datasets.load(recorded)
    except (OSError, ValueError) as error:
        kind = OSError if isinstance(error, OSError) else ValueError
        raise kind(
            f"{str(checkpoint)!r} was trained on {recorded}, which cannot be opened: "
            f"{error} Or name the data with --data."
        ) from error


def evaluation_file(checkpoint, data=None):
    """Where the scores of a checkpoint are kept, those on other data apart.

    Args:
        checkpoint: path of a `.keras` file.
        data: name of the data set that it is measured on; None: its own.

    Returns:
        Path: `evaluation.json` in a run's folder; `NAME-evaluation.json` for one of
        several checkpoints in a folder; `evaluation-DATA.json` for other data than it
        was trained on.
    """
    checkpoint = Path(checkpoint)
    name = "evaluation.json"
    if data is not None and data != (_recorded(checkpoint) or DEFAULT_DATA):
        name = f"evaluation-{file_name_of(data)}.json"
    if checkpoint.stem != "ckpt":  # of which a folder may hold several
        name = f"{checkpoint.stem}-{name}"
    return checkpoint.parent / name


def _recorded(checkpoint):
    run = run_of(checkpoint)
    if run is None:
        return None
    try:
        return json.loads(run.record.read_text(encoding="utf-8"))["settings"]["data"]
    except (OSError, ValueError, KeyError, TypeError):
        return None  # a record of another program
