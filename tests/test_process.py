"""The process is the user's: after a call of the library it is as before."""

import locale
import logging
import os
import random
import signal
import sys
import warnings

import keras
import matplotlib
import numpy as np
import pytest
import threadpoolctl
from numbered_run import Squares
from PIL import Image, ImageFile
from small_model import small_images, small_model

import keras_bvae as kb
from keras_bvae.evaluation import evaluate_model
from keras_bvae.runs import Settings, resume_run, start_run


def snapshot():
    """What a library can change of the process that it runs in."""
    found = {
        "random": random.getstate(),
        "numpy": repr(np.random.get_state()),
        "numpy errors": np.geterr(),
        "numpy printing": np.get_printoptions(),
        "dtype policy": keras.config.dtype_policy(),
        "floatx": keras.config.floatx(),
        "epsilon": keras.config.epsilon(),
        "layout": keras.config.image_data_format(),
        "traceback": keras.config.is_traceback_filtering_enabled(),
        "environment": dict(os.environ),
        "folder": os.getcwd(),
        "signals": {n: signal.getsignal(n) for n in signal.valid_signals()},
        "plots": dict(matplotlib.rcParams),
        "warnings": list(warnings.filters),
        "logs": [
            (logging.getLogger(name).level, list(logging.getLogger(name).handlers))
            for name in (None, "absl", "tensorflow", "jax", "matplotlib", "PIL")
        ],
        "recursion": sys.getrecursionlimit(),
        "path": list(sys.path),
        "streams": (sys.stdout, sys.stderr, sys.excepthook),
        "threads": {
            pool["filepath"]: pool["num_threads"]
            for pool in threadpoolctl.threadpool_info()
        },
        "pictures": (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES),
        "locale": locale.setlocale(locale.LC_ALL),
        "umask": _umask(),
    }
    if keras.backend.backend() == "torch":
        import torch

        found["torch"] = (
            torch.get_rng_state().tolist(),
            torch.get_num_threads(),
            torch.is_grad_enabled(),
            torch.get_default_dtype(),
            torch.are_deterministic_algorithms_enabled(),
        )
    return found


def _umask():
    value = os.umask(0o077)
    os.umask(value)
    return value


def run(tmp_path):
    settings = Settings(
        data="squares",
        network="higgins2017",
        precision="bfloat16",
        steps=2,
        seed=5,
        batch_size=4,
        checkpoint_every=2,
        metric_every=0,
    )
    start_run(settings, Squares(), tmp_path / "run")
    resume_run(tmp_path / "run", Squares(), steps=3)


def measure(tmp_path):
    evaluate_model(small_model(), Squares(), metrics=("beta_vae", "dci"), quick=True)


def draw(tmp_path):
    model = small_model()
    kb.figures.traversals(model, Squares()).save(tmp_path / "latents.png")
    kb.figures.latent_responses(model, Squares())


def fit(tmp_path):
    data, every = Squares(), {"every_batches": 2}
    small_model().fit(
        data.batches(8),
        steps_per_epoch=4,
        verbose=0,
        callbacks=[
            kb.callbacks.DisentanglementMetric(data, **every),
            kb.callbacks.TraversalPictures(data, tmp_path / "pictures", **every),
            kb.callbacks.ExactResume(tmp_path / "backup", save_freq=2),
        ],
    )
    small_model().encode(small_images())


@pytest.mark.parametrize("call", [run, measure, draw, fit])
def test_a_call_leaves_the_process_as_it_was(tmp_path, call):
    small_model().save(
        tmp_path / "model.keras"
    )  # it imports TensorFlow, which sets things
    random.seed(7)
    np.random.seed(7)
    before = snapshot()
    call(tmp_path)
    after = snapshot()
    if call is not run:  # the others make a `small_model`, which seeds
        after["random"] = before["random"]
    if call is fit and "torch" in before:  # Keras's own, for its loader
        after["torch"] = before["torch"]
    assert {name: after[name] for name in before if after[name] != before[name]} == {}
