"""Same weights, same images, same noise: the same numbers on all three backends."""

import contextlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

WORKER = Path(__file__).with_name("worker.py")
TESTS = str(WORKER.parents[1])  # whose component_contracts.py it imports
BACKENDS = ("tensorflow", "jax", "torch")
CASES = ("burgess", "higgins_conv", "locatello", "higgins", "factor")
PAIRS = [("tensorflow", "jax"), ("tensorflow", "torch"), ("jax", "torch")]

pytestmark = pytest.mark.across_backends


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What every backend computed, and what it made of the others' files."""
    for backend in BACKENDS:
        if importlib.util.find_spec(backend) is None:
            pytest.skip(f"needs all three backends; {backend} is not installed")
    folder = tmp_path_factory.mktemp("across_backends")
    workers = {backend: start(backend, folder) for backend in BACKENDS}
    try:
        for task in ("train", "load"):
            for backend, worker in workers.items():
                with contextlib.suppress(BrokenPipeError):  # the next lines say why
                    print(task, file=worker.stdin, flush=True)
                answer = worker.stdout.readline()
                errors = (folder / f"{backend}.txt").read_text()
                assert answer == "done\n", errors[-3000:]
    finally:
        for worker in workers.values():
            worker.kill()
            worker.communicate()
    return folder


def start(backend, folder):
    """One process for both tasks: to import a backend takes ten seconds."""
    with open(folder / f"{backend}.txt", "w") as errors:
        return subprocess.Popen(
            [sys.executable, str(WORKER), str(folder)],
            env={**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": TESTS},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )


@pytest.fixture(scope="module")
def trained(folder):
    return {b: dict(np.load(folder / f"train-{b}.npz")) for b in BACKENDS}


@pytest.fixture(scope="module")
def loaded(folder):
    return {b: dict(np.load(folder / f"load-{b}.npz")) for b in BACKENDS}


@pytest.mark.parametrize(("one", "other"), PAIRS)
@pytest.mark.parametrize("case", CASES)
def test_losses_and_gradients_agree(trained, case, one, other):
    ours, theirs = trained[one], trained[other]
    np.testing.assert_allclose(ours[f"{case}/loss"], theirs[f"{case}/loss"], rtol=1e-5)
    names = [name for name in ours if name.startswith(f"{case}/gradient")]
    assert len(names) == len([n for n in theirs if n.startswith(f"{case}/gradient")])
    assert len(names) >= 12
    for name in names:
        # 1e-4 of the gradient's own size: single entries may be sums that cancel.
        error = np.linalg.norm(ours[name] - theirs[name])
        assert error <= 1e-4 * np.linalg.norm(theirs[name]), name


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("origin", BACKENDS)
@pytest.mark.parametrize("case", CASES)
def test_files_mean_the_same_everywhere(trained, loaded, case, origin, backend):
    written, read = trained[origin], loaded[backend]
    np.testing.assert_allclose(
        read[f"{case}/{origin}/codes"], written[f"{case}/codes"], rtol=1e-5, atol=1e-5
    )
    np.testing.assert_allclose(
        read[f"{case}/{origin}/trained_loss"],
        written[f"{case}/trained_loss"],
        rtol=1e-5,
    )
    assert read[f"{case}/{origin}/iterations"] == 2


@pytest.mark.parametrize("case", ["higgins", "factor"])
def test_training_goes_on_alike_wherever_the_file_is_loaded(trained, loaded, case):
    losses = np.array(
        [
            [loaded[b][f"{case}/{origin}/continued_loss"] for origin in BACKENDS]
            for b in BACKENDS
        ]
    )
    # The Adam moments came along: without them the third step would be another one.
    np.testing.assert_allclose(losses, losses[0, 0], rtol=1e-4)
    assert (losses < trained["jax"][f"{case}/trained_loss"]).all()
