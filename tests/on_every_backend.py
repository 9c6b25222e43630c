"""The whole test suite on TensorFlow, JAX and PyTorch, three jobs at a time.

`python tests/on_every_backend.py` also checks the style, prints each job's output as it
ends, and closes with the sum. Further arguments go to pytest.
"""

import concurrent.futures
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
BACKENDS = ("jax", "tensorflow", "torch")  # the slowest first
# What starts all three backends itself runs once, on the quickest; so does what imports
# no Keras (pictures, metrics) or only walks through the public interface (examples).
RUNS_ALL = "torch"
ONCE = ["tests/pictures", "tests/metrics", "tests/examples"]
# These folders take about half of the time; whatever is new is in the other half.
HALF = ["tests/models", "tests/training", "tests/losses"]
REST = [f"--ignore={folder}" for folder in HALF]
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
    # In halves, so that all jobs end at about the same time.
    parts = [[]] if arguments else [REST, HALF]
    with concurrent.futures.ThreadPoolExecutor(max_workers=WORKERS) as pool:
        jobs = [
            pool.submit(suite, backend, [*part, *arguments])
            for backend in BACKENDS
            for part in parts
        ]
        suites = [job.result() for job in jobs]
    counts = {word: sum(s[word] for s in suites) for word in ("passed", "failed")}
    skipped = sum(s["skipped"] for s in suites)
    print(f"{counts['passed']} passed, {counts['failed']} failed, {skipped} skipped")
    return 1 if any(style) or any(s["code"] for s in suites) else 0


def suite(backend, arguments):
    """Runs pytest on one backend; returns its exit code and its counts."""
    begin = time.monotonic()
    marks = ["-m", "not across_backends", *(f"--ignore={folder}" for folder in ONCE)]
    if backend == RUNS_ALL:
        marks = []
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *marks, *arguments],
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
