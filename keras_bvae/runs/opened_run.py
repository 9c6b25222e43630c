"""From a path to a model, the data it was trained on, and the record of its run."""

import contextlib
import dataclasses
import functools
import json
from pathlib import Path
from typing import Any

from keras_bvae import datasets
from keras_bvae.datasets.catalog import file_name_of, paths_in
from keras_bvae.errors import Failure, InvalidValue, Unusable
from keras_bvae.evaluation.evaluate_model import require_same_size
from keras_bvae.models.checkpoint import load_checkpoint
from keras_bvae.runs.run_folder import RunFolder
from keras_bvae.runs.settings import Settings
from keras_bvae.runs.training_history import read_history

# What a converted or moved checkpoint is taken to be trained on.
DEFAULT_DATA = "dsprites"
# A mean of the KL over 4,000 images moves by less from one sample to another.
_SAME_KL = 0.05


@dataclasses.dataclass(frozen=True)
class OpenedRun:
    """A trained model, its data, and what is known of how it came about.

    Attributes:
        title: str, what tables and pictures call it: its run, or its own name.
        checkpoint: Path, the model's file.
        model: `VariationalAutoencoder`.
        dataset: data set of the model's image size; None where none was asked for.
        record: dict as in `run.json`; None for a checkpoint that is no run's last.
        kept_by: str, the run's folder, of a checkpoint that a run kept on its way;
            else None.
        other_data: str, the data set's name if the model was not trained on it;
            else None.
    """

    title: str
    checkpoint: Path
    model: Any
    dataset: Any = None
    record: dict | None = None
    kept_by: str | None = None
    other_data: str | None = None

    @property
    def folder(self):
        """Path of the folder that the checkpoint lies in."""
        return self.checkpoint.parent

    @property
    def settings(self):
        """`Settings` of the run, or None."""
        return None if self.record is None else Settings(**self.record["settings"])

    @property
    def seed(self):
        """The run's seed, which draws samples of it too; 0 without a run."""
        return 0 if self.record is None else self.settings.seed

    @functools.cached_property
    def history(self):
        """`TrainingHistory`, or None where nothing was logged.

        Raises:
            InvalidValue: `history.csv` is damaged.
        """
        run = RunFolder(self.folder)
        is_last = self.checkpoint.name == run.checkpoint.name
        return read_history(run.history) if is_last and run.history.is_file() else None

    @property
    def evaluation_file(self):
        """Where scores are kept: those on other data than the model's own apart."""
        name = "evaluation.json"
        if self.other_data is not None:
            name = f"evaluation-{file_name_of(self.other_data)}.json"
        return beside(self.checkpoint, name)

    @functools.cached_property
    def evaluation(self):
        """What `kbvae evaluate` recorded of this checkpoint on this data set, or None.

        A record counts only if it has scores, on a data set of this name, of the step
        that the model stands at, and is no older than the checkpoint or, as after
        copying, has about the KL that the run recorded on these data. One that names
        no step must be newer and, where that is recorded, have that KL.

        Raises:
            InvalidValue: the file is damaged.
        """
        file = self.evaluation_file
        if not file.is_file():
            return None
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
            return found if self._is_of_this_state(found, file) else None
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidValue(
                f"A record of scores must be as `kbvae evaluate` wrote it; "
                f"{str(file)!r} is not ({error}). Remove it, or evaluate the "
                "checkpoint again."
            ) from error

    def recorded_scores(self, protocol, seed):
        """Scores of `evaluation` that were computed in one way.

        Args:
            protocol: str.
            seed: int.

        Returns:
            dict of the scores' records, by the metric's short name.
        """
        scores = [] if self.evaluation is None else self.evaluation["scores"]
        return {
            score.get("metric"): score
            for score in scores
            if (score.get("protocol"), score.get("seed")) == (protocol, seed)
        }

    def _is_of_this_state(self, found, file):
        if not found["scores"] or found["dataset"] != self.dataset.name:
            return False
        is_newer = file.stat().st_mtime >= self.checkpoint.stat().st_mtime
        results = (self.record or {}).get("results") or {}
        knows_kl = results.get("dataset") == found["dataset"]
        has_its_kl = knows_kl and _is_same_kl(found["kl"], results["kl"])
        if "step" in found:  # 0.5 recorded none
            is_same_step = found["step"] == int(self.model.step)
            return is_same_step and (is_newer or has_its_kl)
        return is_newer and (has_its_kl or not knows_kl)


def open_run(path, data=None, needs_data=True):
    """Opens a run or a checkpoint.

    Args:
        path: a run's folder, its `ckpt.keras`, a checkpoint that it kept, or any other
            `.keras` file.
        data: name of a data set; None: the run's, of a checkpoint that it kept too,
            or dSprites without a run.
        needs_data: bool; False: no data set is loaded.

    Returns:
        `OpenedRun`.

    Raises:
        OSError: there is no such folder or file, or the data cannot be read.
        ValueError: a file is damaged, or model and data differ in image size.
    """
    path = Path(path)
    checkpoint = checkpoint_of(path)
    run = _run_of(checkpoint)
    if run is None and path.is_dir() and not checkpoint.exists():
        RunFolder(path).read()  # says what is missing
    record = None if run is None else run.read()
    own_data = None if run is None else Settings(**record["settings"]).data
    model = load_checkpoint(checkpoint)
    dataset = None
    if needs_data:
        dataset = _load_data(checkpoint, own_data, data)
        require_same_size(model, dataset)
    is_kept = run is not None and run.path != checkpoint.absolute().parent
    is_last = run is not None and run.checkpoint == checkpoint.absolute()
    return OpenedRun(
        title=_title(checkpoint),
        checkpoint=checkpoint,
        model=model,
        dataset=dataset,
        record=record if is_last else None,
        kept_by=run.path.name if is_kept else None,
        other_data=data if data != (own_data or DEFAULT_DATA) else None,
    )


def inputs_of(path, data=None):
    """The files and folders that `open_run` reads, which no result may replace.

    Args:
        path, data: as for `open_run`.

    Returns:
        list of paths, of what a user named: the checkpoint, and what the data set's
        name names.
    """
    checkpoint = checkpoint_of(path)
    run = _run_of(checkpoint)
    with contextlib.suppress(InvalidValue, OSError):  # `open_run` says it
        if data is None and run is not None:
            data = run.read()["settings"]["data"]
        return [checkpoint, *paths_in(data)]
    return [checkpoint]


def checkpoint_of(path):
    """The checkpoint that a path means: of a run's folder, the last one."""
    path = Path(path)
    return RunFolder(path).checkpoint if path.is_dir() else path


def beside(path, name):
    """Where a result of a run or a checkpoint goes: in a run under its plain name.

    Elsewhere checkpoints share a folder, so their names tell the results apart.

    Args:
        path: as for `open_run`.
        name: str, the result's file name.

    Returns:
        Path.
    """
    checkpoint = checkpoint_of(path)
    if not _is_named_by_a_run(checkpoint):
        name = f"{checkpoint.stem}-{name}"
    return checkpoint.parent / name


def _is_same_kl(found, recorded):
    return abs(found - recorded) <= _SAME_KL * max(recorded, 1.0)


def _title(checkpoint):
    if _is_named_by_a_run(checkpoint):
        return checkpoint.absolute().parent.name
    return checkpoint.stem


def _is_named_by_a_run(checkpoint):
    """Whether it has the name that runs give theirs, and so a folder of its own."""
    return checkpoint.stem == "ckpt"


def _run_of(checkpoint):
    """The `RunFolder` whose run wrote a checkpoint, in the end or before, if any."""
    folder = checkpoint.absolute().parent
    around = RunFolder(folder.parent)
    run = around if folder == around.kept.folder else RunFolder(folder)
    return run if run.record.is_file() else None


def _load_data(checkpoint, own_data, data):
    if data is not None or own_data is None:
        return datasets.load(data or DEFAULT_DATA)
    try:
        return datasets.load(own_data)
    except Failure:
        raise
    except (OSError, ValueError) as error:
        kind = Unusable if isinstance(error, OSError) else InvalidValue
        raise kind(
            f"{str(checkpoint)!r} was trained on {own_data}, which cannot be opened: "
            f"{error} Or name the data with --data."
        ) from error
