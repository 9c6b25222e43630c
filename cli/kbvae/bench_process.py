"""Starts the process that measures one backend, and listens to it."""

import json
import os
import subprocess
import sys
import tempfile

import click


class BenchmarkError(click.ClickException):
    """A backend could not be measured; the sentence says why. A failure: exit 1."""


def measure_backend(backend, options, progress):
    """Measures one backend in a process of its own, as Keras runs on one a process.

    Args:
        backend: one of `names.BACKENDS`, installed.
        options: dict, what `keras_bvae.benchmark.__main__` takes.
        progress: function `(done, total)`, told of the runs that are over.

    Returns:
        dict, see `keras_bvae.benchmark.measure`.

    Raises:
        click.UsageError: an option breaks a rule of the library.
        BenchmarkError: the process failed.
    """
    environment = {
        "TF_CPP_MIN_LOG_LEVEL": "3",
        **os.environ,
        "KERAS_BACKEND": backend,
    }
    command = [sys.executable, "-m", "keras_bvae.benchmark", json.dumps(options)]
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
            text=True,
            encoding="utf-8",
        )
        try:
            answer = _listen(process.stdout, progress)
            code = process.wait()
        finally:
            process.kill()  # after Ctrl-C: it would go on measuring
            process.wait()
            process.stdout.close()
        if "record" in answer:
            return answer["record"]
        if "misuse" in answer:
            raise click.UsageError(answer["misuse"])
        reason = answer.get("failure") or _reason(code, errors)
    raise BenchmarkError(f"{backend} could not be measured: {reason}")


def _listen(lines, progress):
    answer = {}
    for line in lines:
        answer = json.loads(line)
        if "progress" in answer:
            progress(*answer["progress"])
    return answer


def _reason(code, errors):
    """Why a process ended without an answer: killed for want of memory, say."""
    errors.seek(0)
    lines = [line.strip() for line in errors if line.strip()]
    last = f"; its last words were: {lines[-1][:200]}" if lines else ""
    how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
    return f"its process ended {how}{last}"
