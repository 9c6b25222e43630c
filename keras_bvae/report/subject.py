"""What a report is about: a run with all it left behind, or a checkpoint alone."""

import dataclasses
import json
from pathlib import Path
from typing import Any

from keras_bvae.errors import InvalidValue
from keras_bvae.evaluation.evaluate_model import require_same_size
from keras_bvae.models.checkpoint import load_checkpoint
from keras_bvae.runs.run_folder import RunFolder
from keras_bvae.runs.settings import Settings
from keras_bvae.runs.trained_data import (
    evaluation_file,
    load_trained_data,
    run_of,
)
from keras_bvae.runs.training_history import TrainingHistory, read_history

# A mean of the KL over 4,000 images moves by less from one sample to another.
_SAME_KL = 0.05


@dataclasses.dataclass(frozen=True)
class Subject:
    """A trained model, its data, and the record of how it came about.

    Attributes:
        title: str, the run's folder or the checkpoint's name.
        folder: Path, where the report goes unless told otherwise.
        model: `VariationalAutoencoder`.
        dataset: data set of the model's image size.
        record: dict as in `run.json`, or None for a checkpoint without a run.
        history: `TrainingHistory`, or None where nothing was logged.
        evaluation: dict as `kbvae evaluate` wrote it beside the checkpoint, or None.
        kept_by: str, the run's folder, of a checkpoint that a run kept on its way;
            else None.
    """

    title: str
    folder: Path
    model: Any
    dataset: Any
    record: dict | None = None
    history: TrainingHistory | None = None
    evaluation: dict | None = None
    kept_by: str | None = None

    @property
    def settings(self):
        """`Settings` of the run, or None."""
        return None if self.record is None else Settings(**self.record["settings"])

    @property
    def seed(self):
        """The run's seed, which draws the report's samples too; 0 without a run."""
        return 0 if self.record is None else self.record["settings"]["seed"]

    @property
    def report_name(self):
        """The file name of a report: its own for each of several checkpoints."""
        return "report.html" if self.record else f"{self.title}-report.html"


def read_subject(path, data=None):
    """Opens a run or a checkpoint.

    Args:
        path: a run's folder, its `ckpt.keras`, or any other `.keras` file.
        data: name of a data set; None: the run's, of a checkpoint that it kept too,
            or dSprites without a run.

    Returns:
        `Subject`.

    Raises:
        OSError: there is no such folder or file.
        ValueError: a file is damaged, or model and data differ in image size.
    """
    path = Path(path)
    run = RunFolder(path if path.is_dir() else path.parent)
    is_run = path.is_dir() or (path == run.checkpoint and run.record.exists())
    record = run.read() if is_run else None
    checkpoint = run.checkpoint if is_run else path
    model = load_checkpoint(checkpoint)
    dataset = load_trained_data(checkpoint, data)
    require_same_size(model, dataset)
    return Subject(
        title=run.path.absolute().name if is_run else path.stem,
        folder=run.path,
        model=model,
        dataset=dataset,
        record=record,
        history=_history(run) if is_run else None,
        evaluation=_evaluation(checkpoint, data, dataset, record),
        kept_by=_keeper(checkpoint),
    )


def _keeper(checkpoint):
    """The folder's name of the run that kept a checkpoint on its way, if one did."""
    run = run_of(checkpoint)
    if run is None or run.kept.folder != checkpoint.absolute().parent:
        return None
    return run.path.name


def _history(run):
    return read_history(run.history) if run.history.is_file() else None


def _evaluation(checkpoint, data, dataset, record):
    """What `kbvae evaluate` left beside the checkpoint, if it is of this state."""
    file = evaluation_file(checkpoint, data)
    if not file.is_file():
        return None
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        is_current = found["dataset"] == dataset.name and bool(found["scores"])
        results = (record or {}).get("results")
        if results is None:
            is_current &= file.stat().st_mtime >= checkpoint.stat().st_mtime
        else:  # a run that went on has another KL
            distance = abs(found["kl"] - results["kl"])
            is_current &= distance <= _SAME_KL * max(results["kl"], 1.0)
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidValue(
            f"A record of scores must be as `kbvae evaluate` wrote it; {str(file)!r} "
            f"is not ({error}). Remove it, or evaluate the checkpoint again."
        ) from error
    return found if is_current else None
