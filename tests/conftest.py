"""What holds for every test: quiet logs, one compile of each small model, no leaks."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

# Most tests train the same tiny model: let JAX compile it once a session, not once a
# test. Nothing outlives the session.
if keras.backend.backend() == "jax":
    import tempfile

    import jax

    _cache = tempfile.TemporaryDirectory(prefix="keras-bvae-tests-")
    jax.config.update("jax_compilation_cache_dir", _cache.name)
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)

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
def float32_policy():
    """A dtype policy that a test sets ends with it."""
    yield
    keras.config.set_dtype_policy("float32")
