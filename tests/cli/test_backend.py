import importlib.util
import os

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
