import os

import pytest

from kbvae.recorded_backend import recorded_backend


def test_it_is_found_from_all_that_a_run_is_called_by(tmp_path):
    (tmp_path / "run.json").write_text('{"backend": "jax"}')
    kept = tmp_path / "checkpoints" / "step-000100.keras"
    for path in (tmp_path, tmp_path / "ckpt.keras", kept):
        assert recorded_backend(path) == "jax"
    assert recorded_backend(tmp_path / "elsewhere" / "ckpt.keras") is None


def test_a_record_that_is_too_large_is_not_read(tmp_path):
    with open(tmp_path / "run.json", "wb") as file:
        file.write(b'{"backend": "jax"}')
        file.truncate(2**40)
    assert recorded_backend(tmp_path) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe with a name")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "run.json")
    assert recorded_backend(tmp_path) is None
