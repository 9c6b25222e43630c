"""One real kill; many in-process ones are in tests/callbacks/test_exact_resume.py.

The long form, with real signals at twenty moments and each objective, is
tests/kill_and_resume.py; its results stand in docs/resume.md.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import pytest
from numbered_run import Squares, use_small_model
from run_content import content, differences

from keras_bvae.models.checkpoint import read_state
from keras_bvae.runs import run as runs
from keras_bvae.runs.settings import Settings

ROOT = Path(__file__).parents[2]
ENDLESS = {"batch_size": 8, "steps": 10**6, "checkpoint_every": 7}
CHILD = """
import sys
sys.path[:0] = sys.argv[2:]
import pytest
from numbered_run import Squares, use_small_model
from keras_bvae.runs import run as runs
from keras_bvae.runs.settings import Settings
use_small_model(pytest.MonkeyPatch())
runs.start_run(Settings(**{settings}), Squares(), sys.argv[1])
"""


@pytest.mark.across_backends
@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_process_that_is_killed_costs_nothing(tmp_path, monkeypatch):
    run, checkpoint = tmp_path / "run", tmp_path / "run" / "ckpt.keras"
    script = CHILD.replace("{settings}", repr(ENDLESS))
    child = subprocess.Popen(
        [sys.executable, "-c", script, run, ROOT, ROOT / "tests"],
        env={**os.environ, "KERAS_BACKEND": keras.backend.backend()},
    )
    deadline = time.monotonic() + 120
    while not checkpoint.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(random.random())  # the moment is to be another one each time
    child.kill()
    assert child.wait() == -signal.SIGKILL
    use_small_model(monkeypatch)
    last = read_state(checkpoint)["step"] + 25
    runs.resume_run(run, Squares(), steps=last)
    whole = Settings(**{**ENDLESS, "steps": last})
    runs.start_run(whole, Squares(), tmp_path / "whole")
    assert differences(content(tmp_path / "whole"), content(run)) == []
