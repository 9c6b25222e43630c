import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from numbered_run import Squares
from small_model import small_model

from keras_bvae import datasets
from keras_bvae.models.checkpoint import save_checkpoint

TESTS = Path(__file__).parents[1]
SCRIPT = f"""
import sys
sys.path.insert(0, {str(TESTS)!r})
from numbered_run import Squares
from kbvae.__main__ import main
from keras_bvae import datasets
datasets.load = lambda name, **settings: Squares()
main(sys.argv[1:], prog_name="kbvae")
"""


@pytest.fixture
def checkpoints(tmp_path, monkeypatch):
    """Two runs: tmp_path/first and tmp_path/second."""
    monkeypatch.setattr(datasets, "load", lambda name, **settings: Squares())
    paths = [tmp_path / run / "ckpt.keras" for run in ("first", "second")]
    for path in paths:
        path.parent.mkdir()
        save_checkpoint(small_model(), path)
    return paths


@pytest.fixture
def gradio():
    return pytest.importorskip("gradio", reason="needs Gradio, of the extra `explore`")


def test_the_command_serves_a_page_until_ctrl_c(checkpoints, gradio):
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, "explore", *checkpoints, "--no-browser"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        # A background job of a shell passes on that Ctrl-C is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    try:
        line = process.stdout.readline()
        found = re.fullmatch(
            r"(http://127\.0\.0\.1:\d+/)  shows first, second\. Ctrl-C ends it\.\n",
            line,
        )
        assert found, line
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        page = direct.open(found[1]).read().decode()
        assert "What each latent does" in page
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
    assert rest == "\nEnded.\n"
    assert process.returncode == 0


@pytest.fixture
def served(monkeypatch, gradio):
    """What the page was served with; the command ends at once, as by Ctrl-C."""
    calls = []

    def serve(page, host, port, open_browser):
        calls.append((page, host, port, open_browser))
        raise KeyboardInterrupt

    monkeypatch.setattr("keras_bvae.explore.serve", serve)
    return calls


def titles_of(page):
    html = " ".join(str(getattr(block, "value", "")) for block in page.blocks.values())
    return re.findall(r"<h2>(.*?)</h2>", html)


def test_only_this_machine_is_served_and_the_browser_opens(kbvae, checkpoints, served):
    kbvae("explore", checkpoints[0])
    ((page, *settings),) = served
    assert settings == ["127.0.0.1", 0, True]
    assert titles_of(page) == ["first"]


def test_runs_of_one_name_are_told_apart_by_their_paths(kbvae, checkpoints, served):
    copy = checkpoints[0].parents[1] / "other" / "first" / "ckpt.keras"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(checkpoints[0].read_bytes())
    kbvae("explore", checkpoints[0], copy, checkpoints[1], "--no-browser")
    assert titles_of(served[0][0]) == [str(checkpoints[0]), str(copy), "second"]


def test_no_checkpoint_is_refused(refused):
    assert "CKPT.keras" in refused("explore")


def test_a_missing_checkpoint_is_one_sentence(refused, checkpoints, gradio):
    assert "found none at 'none.keras'" in refused("explore", "none.keras")
    said = refused("explore", checkpoints[0], "none.keras")
    assert "found none at 'none.keras'" in said


def test_a_model_of_other_images_is_one_sentence(refused, checkpoints, gradio):
    from small_model import small_networks

    import keras_bvae as kb

    save_checkpoint(kb.BetaVAE(*small_networks((4, 4, 1))), checkpoints[1])
    said = refused("explore", *checkpoints, "--no-browser")
    assert "the model has (4, 4, 1), squares has (8, 8, 1)" in said


def test_a_port_that_is_taken_is_one_sentence(refused, checkpoints, gradio):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused("explore", checkpoints[0], "--port", port)
    assert f"127.0.0.1, port {port} cannot be used" in said


def test_without_gradio_one_sentence_says_what_to_install(
    refused, checkpoints, monkeypatch
):
    monkeypatch.setitem(sys.modules, "gradio", None)
    said = refused("explore", checkpoints[0])
    assert "pip install 'keras-bvae[explore]'" in said
