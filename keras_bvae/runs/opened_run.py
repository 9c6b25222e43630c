"""From a path to a model, the data it was trained on, and the record of its run."""

import contextlib
import dataclasses
import functools
import os
from pathlib import Path
from typing import Any

import keras

from keras_bvae import datasets
from keras_bvae.datasets.catalog import file_name_of, paths_in, picture_options
from keras_bvae.datasets.values import kind_of, name_of_many
from keras_bvae.errors import Failure, InvalidValue, Unusable
from keras_bvae.evaluation.evaluate_model import require_same_size
from keras_bvae.evaluation.model_state import model_state
from keras_bvae.files.whole_file import remove_leftovers
from keras_bvae.models.checkpoint import load_checkpoint
from keras_bvae.runs.best_checkpoint import BEST
from keras_bvae.runs.checkpoint_of_run import require_record_of_checkpoint
from keras_bvae.runs.recorded_results import are_whole, read_evaluation
from keras_bvae.runs.run_folder import RunFolder
from keras_bvae.runs.settings import Settings
from keras_bvae.runs.training_history import history_if_any

# What a converted or moved checkpoint is taken to be trained on.
DEFAULT_DATA = "dsprites"


@dataclasses.dataclass(frozen=True)
class OpenedRun:
    """A trained model, its data, and what is known of how it came about.

    Attributes:
        title: str, what tables and pictures call it: its run, or its own name.
        checkpoint: Path, the model's file.
        model: `VariationalAutoencoder`.
        dataset: data set of the model's image size; None where none was asked for.
        record: dict as in `run.json`; None for a checkpoint that is no run's last.
        kept_by: str, the run's folder, of a checkpoint that a run kept on its way, its
            best one too; else None.
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
    def is_best(self):
        """Whether it is the state of its run's least validation loss."""
        return self.kept_by is not None and self.checkpoint.name == BEST

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

    def picture(self, path):
        """A picture file, read as pictures of the model's data are.

        Args:
            path: the file.

        Returns:
            uint8 array, shape `(1, height, width, channels)`.

        Raises:
            As `read_image_file`; ValueError: the model is of no images.
        """
        if kind_of(self.model.image_shape) != "images":
            raise InvalidValue(
                f"A file to start from must be a picture of an image; received {path} "
                f"for a model of {name_of_many(self.model)}. Take one of the data by "
                "its number, or name your file as the data: --data table:FILE.csv or "
                "array:FILE.npy."
            )
        name = None if self.dataset is None else self.dataset.name
        if name is None and self.record is not None:
            name = self.settings.data
        options = {} if name is None else picture_options(name)
        return datasets.read_image_file(path, self.model.image_shape, **options)

    @functools.cached_property
    def history(self):
        """`TrainingHistory`, or None where nothing was logged.

        Raises:
            InvalidValue: `history.csv` is damaged.
        """
        run = RunFolder(self.folder)
        is_last = self.checkpoint.name == run.checkpoint.name
        return history_if_any(run.history) if is_last else None

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

        A record counts only if it has scores and is of this state; see
        `is_of_this_state`.

        Raises:
            InvalidValue: the file is damaged.
        """
        found = self._evaluation_that_is_there
        is_own = found is not None and self.is_of_this_state(found)
        return found if is_own and found["scores"] else None

    @property
    def results(self):
        """What the run recorded at its end, if it is of this state; else None."""
        found = self._results_that_are_there
        return found if found is not None and self.is_of_this_state(found) else None

    @property
    def has_unproven_scores(self):
        """Whether a record of before version 0.6, which names no weights, is there."""
        there = (self._results_that_are_there, self._evaluation_that_is_there)
        return any(found and "weights_sha256" not in found for found in there)

    def is_of_this_state(self, found):
        """Whether results are of the weights that the model has, on its data set.

        The one rule by which scores count that were measured before: they name the
        step, the digest of the weights and the data set with its number of images, and
        all are the same. When files were written, or copied, says nothing.

        Args:
            found: dict as of `evaluate_model`.
        """
        here = {
            "dataset": self.dataset.name,
            "dataset_size": len(self.dataset),
            **self._state,
        }
        is_same = all(name in found and found[name] == here[name] for name in here)
        return is_same and are_whole(found)

    @functools.cached_property
    def _state(self):
        return model_state(self.model)

    @functools.cached_property
    def _evaluation_that_is_there(self):
        file = self.evaluation_file
        return read_evaluation(file) if file.is_file() else None

    @property
    def _results_that_are_there(self):
        return None if self.record is None else self.record.get("results")

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
    settings = None if run is None else Settings(**record["settings"])
    own_data = None if run is None else settings.data
    model = load_checkpoint(checkpoint)
    is_last = run is not None and run.checkpoint == checkpoint.absolute()
    is_best = _is_best_of(run, settings, checkpoint)
    is_kept = is_best or (run is not None and run.path != checkpoint.absolute().parent)
    if is_last or is_kept:
        require_record_of_checkpoint(checkpoint, model, settings)
    with contextlib.suppress(OSError):  # a folder that cannot be written
        if run is not None:
            run.remove_leftovers()
        remove_leftovers(checkpoint)
    dataset = None
    if needs_data:
        dataset = _load_data(checkpoint, own_data, data)
        require_same_size(model, dataset)
        dataset = model.conditioned(dataset)
    title = _title(checkpoint)
    if is_best:
        title = f"{run.path.name} best, step {_step_of(model):,}"
    return OpenedRun(
        title=title,
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


def _title(checkpoint):
    if _is_named_by_a_run(checkpoint):
        return checkpoint.absolute().parent.name
    return checkpoint.stem


def _is_best_of(run, settings, checkpoint):
    """Whether a run wrote it as its best: one that held nothing out writes none."""
    is_named_so = run is not None and run.best.path == checkpoint.absolute()
    return is_named_so and settings.validation > 0


def _step_of(model):
    return int(keras.ops.convert_to_numpy(model.step))


def _is_named_by_a_run(checkpoint):
    """Whether it has the name that runs give theirs, and so a folder of its own."""
    return checkpoint.stem == "ckpt"


def _run_of(checkpoint):
    """The `RunFolder` whose run wrote a checkpoint, in the end or before, if any."""
    folder = checkpoint.absolute().parent
    around = RunFolder(folder.parent)
    run = around if folder == around.kept.folder else RunFolder(folder)
    # A pipe or a link to nowhere is a record too: one that cannot be read.
    return run if os.path.lexists(run.record) else None


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
