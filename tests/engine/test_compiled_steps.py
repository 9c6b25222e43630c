import os
import warnings

import keras
import pytest

from keras_bvae.engine.compiled_steps import keep_compiled_steps

needs_jax = pytest.mark.skipif(keras.backend.backend() != "jax", reason="JAX's cache")
NAMES = (
    "jax_compilation_cache_dir",
    "jax_compilation_cache_max_size",
    "jax_persistent_cache_min_compile_time_secs",
    "jax_enable_compilation_cache",
)


@pytest.fixture
def config():
    """JAX's settings as they are before anybody changes them."""
    import jax

    before = {name: getattr(jax.config, name) for name in NAMES}
    for name, value in zip(NAMES, (None, -1, 1.0, True), strict=True):
        jax.config.update(name, value)
    yield jax.config
    for name, value in before.items():
        jax.config.update(name, value)


@needs_jax
def test_what_is_compiled_goes_into_a_folder_of_the_users_alone(config, tmp_path):
    place = keep_compiled_steps(tmp_path / "cache" / "compiled")
    assert place.parent == tmp_path / "cache" / "compiled"
    assert place.stat().st_mode & 0o077 == 0
    assert config.jax_compilation_cache_dir == str(place)
    assert config.jax_compilation_cache_max_size == 2**30
    with warnings.catch_warnings(record=True) as seen:
        keep_compiled_steps(tmp_path)  # the one that was chosen first stays
        warnings.warn("Error reading persistent compilation cache entry", stacklevel=1)
    assert config.jax_compilation_cache_dir == str(place)
    assert seen == []


@needs_jax
@pytest.mark.parametrize(
    ("name", "value"), [(NAMES[0], "mine"), (NAMES[3], False)], ids=["folder", "none"]
)
def test_what_the_user_chose_stays(config, tmp_path, name, value):
    config.update(name, value)
    before = [getattr(config, n) for n in NAMES]
    assert keep_compiled_steps(tmp_path / "compiled") is None
    assert [getattr(config, n) for n in NAMES] == before
    assert not (tmp_path / "compiled").exists()


@needs_jax
def test_a_size_that_the_user_chose_stays(config, tmp_path):
    config.update(NAMES[1], 1000)
    assert keep_compiled_steps(tmp_path) is not None
    assert config.jax_compilation_cache_max_size == 1000


@needs_jax
@pytest.mark.skipif(os.name != "posix", reason="needs rights")
def test_a_folder_that_is_none_or_open_to_others_is_not_used(config, tmp_path):
    place = keep_compiled_steps(tmp_path)
    config.update(NAMES[0], None)
    (tmp_path / "file").write_text("")
    assert keep_compiled_steps(tmp_path / "file") is None
    place.chmod(0o777)
    assert keep_compiled_steps(tmp_path) is None
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")
    assert keep_compiled_steps(tmp_path) is None
    assert config.jax_compilation_cache_dir is None


@needs_jax
def test_what_a_killed_process_left_half_written_goes(config, tmp_path):
    place = keep_compiled_steps(tmp_path)
    for name in ("whole-cache", "whole-atime", "half-cache"):
        (place / name).write_text("")
    config.update(NAMES[0], None)
    keep_compiled_steps(tmp_path)
    assert {path.name for path in place.iterdir()} == {"whole-cache", "whole-atime"}


@pytest.mark.skipif(keras.backend.backend() == "jax", reason="needs another backend")
def test_another_backend_has_no_such_cache(tmp_path):
    assert keep_compiled_steps(tmp_path / "compiled") is None
    assert not (tmp_path / "compiled").exists()
