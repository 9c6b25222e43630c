"""The whole test suite on TensorFlow, JAX and PyTorch, three jobs at a time.

`python tests/on_every_backend.py` also checks the style, prints each job's output as it
ends, and closes with the sum. Further arguments go to pytest.

A test runs on each backend unless it has the mark `across_backends`, by its own
decorator or by its folder (ONCE in conftest.py): then one run serves all three.
"""

import concurrent.futures
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
ONCE, ON_EACH = ["-m", "across_backends"], ["-m", "not across_backends"]
# These folders take about half of the time; whatever is new is in the other half.
HALF = ["tests/models", "tests/losses"]
REST = [f"--ignore={folder}" for folder in HALF]
# What one run serves runs on the backend that starts quickest. The first of these start
# processes of their own, so they take longest; the second are arithmetic.
SLOW_ONCE = ["tests/across_backends", "tests/cli", "tests/examples"]
ARRAYS_ONCE = [
    "tests/metrics",
    "tests/representations",
    "tests/pictures",
    "tests/latents",
]
REST_ONCE = [f"--ignore={folder}" for folder in (*SLOW_ONCE, *ARRAYS_ONCE)]
# Each a backend and what pytest is told; the longest first, so that all end together.
JOBS = (
    ("torch", [*ONCE, *SLOW_ONCE]),
    ("jax", [*ON_EACH, *HALF]),
    ("tensorflow", [*ON_EACH, *HALF]),
    ("torch", [*ONCE, *REST_ONCE]),
    ("jax", [*ON_EACH, *REST]),
    ("tensorflow", [*ON_EACH, *REST]),
    ("torch", ON_EACH),
    ("torch", [*ONCE, *ARRAYS_ONCE]),
)
# With further arguments, which may name no test that a backend runs by itself.
WHOLE_JOBS = (("jax", ON_EACH), ("tensorflow", ON_EACH), ("torch", []))
NO_TESTS = 5  # pytest's exit code
# A job leaves a core idle for a third of its time, so three keep two cores busy.
WORKERS = 3
# PyTorch's threads, one for every core if left to themselves, would spin while they
# wait for the other jobs.
THREADS = str(max(1, (os.cpu_count() or 2) // 2))


def main(arguments):
    style = [
        run(["-m", "ruff", *words, "."])
        for words in (("check",), ("format", "--check"))
    ]
    with concurrent.futures.ThreadPoolExecutor(max_workers=WORKERS) as pool:
        jobs = [
            pool.submit(suite, backend, [*words, *arguments])
            for backend, words in (WHOLE_JOBS if arguments else JOBS)
        ]
        suites = [job.result() for job in jobs]
    counts = {word: sum(s[word] for s in suites) for word in ("passed", "failed")}
    skipped = sum(s["skipped"] for s in suites)
    print(f"{counts['passed']} passed, {counts['failed']} failed, {skipped} skipped")
    print(f"{os.times().children_user / 60:.1f} min of processor time")
    fine = (0, NO_TESTS) if arguments else (0,)
    return 1 if any(style) or any(s["code"] not in fine for s in suites) else 0


def suite(backend, arguments):
    """Runs pytest on one backend; returns its exit code and its counts."""
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *arguments],
        cwd=ROOT,
        env={
            **os.environ,
            "KERAS_BACKEND": backend,
            "OMP_NUM_THREADS": THREADS,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    minutes = (time.monotonic() - begin) / 60
    title = " ".join([backend, *arguments])
    print(f"==== {title}, {minutes:.1f} min\n{done.stdout}", flush=True)
    closing = done.stdout.strip().rsplit("\n", 1)[-1]
    counts = {word: int(n) for n, word in re.findall(r"(\d+) (\w+)", closing)}
    errors = counts.get("error", 0) + counts.get("errors", 0)
    return {
        "code": done.returncode,
        "passed": counts.get("passed", 0),
        "failed": counts.get("failed", 0) + errors,
        "skipped": counts.get("skipped", 0),
    }


def run(words):
    return subprocess.run([sys.executable, *words], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
