import importlib.util
import json
import os
import subprocess
import sys

import click
import keras
import pytest

from kbvae import backend

RUNNING = keras.backend.backend()
OTHER = next(name for name in backend.BACKENDS if name != RUNNING)


def test_the_running_backend_is_accepted(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", RUNNING)
    backend.start_keras(None)
    backend.start_keras(RUNNING)


def test_another_backend_needs_a_process_of_its_own(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", RUNNING)
    with pytest.raises(click.UsageError, match="one backend a process"):
        backend.start_keras(OTHER)


def test_an_unknown_backend_in_the_environment_is_named(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "theano")
    with pytest.raises(click.UsageError, match="received 'theano' from KERAS_BACKEND"):
        backend.start_keras(None)


def test_a_backend_that_is_not_installed_is_named_with_those_that_are(monkeypatch):
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: real(name) if name != OTHER else None
    )
    with pytest.raises(
        click.UsageError, match=f"{OTHER} is not .installed: .*{RUNNING}"
    ):
        backend.start_keras(OTHER)


def test_freed_memory_is_kept_before_keras_and_its_backend_are_imported():
    script = """
import runpy, sys
from kbvae import backend
def told(path):
    names = [name for name in sys.modules if name.startswith("keras")]
    return {"keep_memory": lambda: print(path[-14:], names)}
runpy.run_path = told
backend._quiet_stderr = exit
backend.start_keras(None)
"""
    words = [sys.executable, "-c", script]
    child = subprocess.run(words, capture_output=True, text=True, check=True)
    assert child.stdout == "kept_memory.py []\n"


# ---- what is recorded of a run ----------------------------------------------------


class Imported(Exception):
    """Keras would be imported now."""


@pytest.fixture
def chosen(monkeypatch, tmp_path):
    """`chosen(backend, …)`: what KERAS_BACKEND says when Keras is imported.

    Keras's own choice is `RUNNING`, and nothing is in the environment.
    """
    monkeypatch.setenv("KERAS_BACKEND", "")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "keras.json").write_text(json.dumps({"backend": RUNNING}))

    def stop():
        raise Imported

    def choose(*arguments, environment=None, **options):
        os.environ["KERAS_BACKEND"] = environment or ""
        with monkeypatch.context() as patch:
            patch.setattr(backend, "_quiet_stderr", stop)
            patch.setattr(backend, "_keep_memory", lambda: None)
            patch.delitem(sys.modules, "keras")
            with pytest.raises(Imported):
                backend.start_keras(*arguments, **options)
        return os.environ["KERAS_BACKEND"] or None

    return choose


@pytest.fixture
def installed(monkeypatch):
    """`installed(names)`: only these backends are."""

    def only(*names):
        monkeypatch.setattr(backend, "_is_installed", lambda name: name in names)

    only(*backend.BACKENDS)
    return only


def run_on(folder, name):
    """A folder with the record of a run, as far as its backend is concerned."""
    folder.mkdir()
    (folder / "run.json").write_text(json.dumps({"backend": name}))
    return folder


def test_a_run_goes_on_where_it_trained_unless_the_option_says_otherwise(
    chosen, installed, tmp_path
):
    run = run_on(tmp_path / "run", OTHER)
    assert chosen(None, resumes=run) == OTHER
    assert chosen(None, resumes=run, environment=RUNNING) == OTHER
    assert chosen(RUNNING, resumes=run) == RUNNING


def test_a_run_whose_backend_is_gone_is_not_silently_another_run(installed, tmp_path):
    run = run_on(tmp_path / "run", OTHER)
    installed(RUNNING)
    with pytest.raises(click.UsageError, match=f"that is {OTHER}, which is not inst"):
        backend.start_keras(None, resumes=run)


def test_what_opens_a_run_computes_on_its_backend_if_nobody_says_otherwise(
    chosen, installed, tmp_path
):
    run = run_on(tmp_path / "run", OTHER)
    kept = run / "checkpoints" / "step-000100.keras"
    for path in (run, run / "ckpt.keras", kept):
        assert chosen(None, opens=[path]) == OTHER
    assert chosen(None, opens=[run], environment=RUNNING) == RUNNING
    assert chosen(RUNNING, opens=[run]) == RUNNING
    # Runs of several backends, and what is no run, tell nothing.
    second = run_on(tmp_path / "second", RUNNING)
    assert chosen(None, opens=[run, second]) is None
    assert chosen(None, opens=[tmp_path / "vae.keras"]) is None


def test_a_checkpoint_opens_on_what_is_installed(chosen, installed, tmp_path):
    run = run_on(tmp_path / "run", RUNNING)
    installed(OTHER)
    assert chosen(None, opens=[run]) == OTHER
    assert chosen(None) == OTHER


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", '{"backend": "theano"}', '{"backend": ["jax"]}', "[" * 100_000],
    ids=lambda text: text[:30],
)
def test_a_record_that_tells_nothing_is_left_to_who_reads_it_all(
    chosen, installed, tmp_path, text
):
    run = run_on(tmp_path / "run", OTHER)
    (run / "run.json").write_text(text)
    assert chosen(None, resumes=run) is None


def test_what_libraries_print_while_loading_is_held_back(capfd):
    with backend._quiet_stderr():
        os.write(2, b"chatter\n")
    assert capfd.readouterr().err == ""


def test_it_is_shown_if_loading_fails(capfd):
    def load():
        with backend._quiet_stderr():
            os.write(2, b"the reason\n")
            raise ImportError("no")

    with pytest.raises(ImportError, match="no"):
        load()
    assert capfd.readouterr().err == "the reason\n"
