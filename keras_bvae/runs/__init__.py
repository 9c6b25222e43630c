"""Whole trainings: settings in, a folder out, going on, and opening what is there."""

from keras_bvae.runs.objectives import OBJECTIVES
from keras_bvae.runs.opened_run import (
    OpenedRun,
    beside,
    checkpoint_of,
    inputs_of,
    open_run,
)
from keras_bvae.runs.run import LOG_PERIOD, build_model, resume_run, start_run
from keras_bvae.runs.run_folder import RunFolder, environment
from keras_bvae.runs.settings import PRESETS, Settings
from keras_bvae.runs.training_history import TrainingHistory, read_history

__all__ = [
    "LOG_PERIOD",
    "OBJECTIVES",
    "PRESETS",
    "OpenedRun",
    "RunFolder",
    "Settings",
    "TrainingHistory",
    "beside",
    "build_model",
    "checkpoint_of",
    "environment",
    "inputs_of",
    "open_run",
    "read_history",
    "resume_run",
    "start_run",
]
