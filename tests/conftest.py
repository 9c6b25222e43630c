"""What holds for every test: quiet logs, one compile of each small model, no leaks.

It also marks the tests that run once, not on each backend: see ONCE.
"""

import os
import random
import tempfile
from pathlib import Path

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# Most tests train the same tiny model: let JAX compile it once a session, not once a
# test, and not again in a process that a test starts. Nothing outlives the session.
_compiled = tempfile.TemporaryDirectory(prefix="keras-bvae-tests-")
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", _compiled.name)
os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
os.environ["JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES"] = "-1"
# Compiling takes most of JAX's time here, and a third less without LLVM's polish.
os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")

# No backend can break what these test: they take arrays (metrics, latents, pictures,
# representations, data sets), only type into the commands, or only walk through the
# public interface (figures, examples). Every network is compared on all backends by
# across_backends/.
ONCE = (
    "benchmark",
    "cli",
    "datasets",
    "examples",
    "explore",
    "figures",
    "files",
    "latents",
    "metrics",
    "networks",
    "pictures",
    "report",
    "representations",
)
ONCE_TOO = (
    "evaluation/test_result_rows.py",
    "runs/test_history_rows.py",
    "runs/test_objectives.py",
    "runs/test_run_folder.py",
    "runs/test_settings.py",
    "runs/test_training_history.py",
    "test_kept_memory.py",
    "test_package.py",
    "test_package_versions.py",
    "test_rules.py",
)
# These files of the folders above give Keras data or train; in them, as everywhere
# else, single tests are marked `across_backends` by hand.
ON_EACH = (
    "benchmark/contestants/test_keras_fit.py",
    "benchmark/test_device.py",
    "cli/test_train.py",
    "datasets/test_image_batches.py",
    "datasets/test_pair_batches.py",
    "explore/test_latent_explorer.py",
    "representations/test_build.py",
)
TESTS = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before pytest chooses by marks
def pytest_collection_modifyitems(items):
    for item in items:
        path = item.path.relative_to(TESTS)
        name = path.as_posix()
        if name in ONCE_TOO or (path.parts[0] in ONCE and name not in ON_EACH):
            item.add_marker(pytest.mark.across_backends)


SHARED = Path(__file__).parents[1].parent / "shared"


@pytest.fixture
def shared_data():
    """The folder of real data beside the checkout; the test is skipped without it."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data, which lies beside a developer's checkout")
    return folder


@pytest.fixture(autouse=True)
def own_cache_folder(tmp_path, monkeypatch):
    """No test reads or fills the user's cache of rendered images."""
    monkeypatch.setenv("KERAS_BVAE_CACHE", str(tmp_path / "cache"))


@pytest.fixture(autouse=True)
def same_weights_each_time():
    """Keras draws its seeds, where a test gives none, from Python's generator."""
    random.seed(0)


@pytest.fixture(autouse=True)
def float32_policy():
    """A dtype policy that a test sets ends with it."""
    yield
    import keras  # not before JAX's settings are in the environment

    keras.config.set_dtype_policy("float32")
