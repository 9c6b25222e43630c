import sys

import click
import pytest

from kbvae import bench_process
from kbvae.bench_process import BenchmarkError, measure_backend


@pytest.fixture
def child(monkeypatch, tmp_path):
    """Puts a script in the place of Python with `-m keras_bvae.benchmark`."""

    def put(*lines):
        script = tmp_path / "child"
        script.write_text(
            "\n".join([f"#!{sys.executable}", "import json, os, sys", *lines]),
            encoding="utf-8",
        )
        script.chmod(0o755)
        monkeypatch.setattr(bench_process.sys, "executable", str(script))

    return put


def test_the_record_arrives_and_progress_before_it(child):
    child(
        "print(json.dumps({'progress': [1, 2]}))",
        "backend = os.environ['KERAS_BACKEND']",
        "record = {'backend': backend, **json.loads(sys.argv[3])}",
        "print(json.dumps({'record': record}))",
    )
    told = []
    record = measure_backend("jax", {"images": 8}, lambda *place: told.append(place))
    assert record == {"backend": "jax", "images": 8}
    assert told == [(1, 2)]


def test_misuse_is_the_users(child):
    child("print(json.dumps({'misuse': 'A rule.'}))", "sys.exit(2)")
    with pytest.raises(click.UsageError, match=r"^A rule\.$"):
        measure_backend("jax", {}, None)


def test_a_failure_has_its_reason(child):
    child("print(json.dumps({'failure': 'no memory'}))", "sys.exit(1)")
    with pytest.raises(BenchmarkError, match=r"jax could not be measured: no memory$"):
        measure_backend("jax", {}, None)


def test_a_process_that_dies_is_quoted(child):
    child("sys.stderr.write('first\\nthe end\\n')", "sys.stderr.flush()", "os._exit(3)")
    with pytest.raises(
        BenchmarkError, match=r"exit code 3; its last words .* the end$"
    ):
        measure_backend("jax", {}, None)


def test_a_process_that_is_killed_says_so(child):
    child("os.kill(os.getpid(), 9)")
    with pytest.raises(BenchmarkError, match=r"its process ended by signal 9$"):
        measure_backend("jax", {}, None)
