"""One backend's part of a benchmark: contestants timed, and what they ran on."""

import os

from keras_bvae.benchmark.contestants import contestants_of
from keras_bvae.benchmark.measure import Plan, input_seconds, measure
from keras_bvae.runs.run_folder import environment


def backend_record(workload, plan=None, compiled=True, progress=None):
    """Times all contestants of the backend that Keras runs on.

    Args:
        workload: `Workload`.
        plan: dict, the fields of `Plan`; None: its defaults.
        compiled: bool; False leaves out what a compiler works on for long.
        progress: None or function `(done, total)`.

    Returns:
        dict of plain values: what `environment` gives, `processors` and, of ours,
        `images_per_second`, `milliseconds_per_step`, `first_seconds`,
        `input_milliseconds` (fetching a batch), `input_share` (that over a step),
        `peak_memory_mb`, `peak_device_memory_mb` (after its own first run, before any
        other contestant was made), and `comparisons`, dict by name: see `measure`.

    Raises:
        Exception: whatever our own training raises.
    """
    surroundings = environment()
    contestants = contestants_of(surroundings["backend"], compiled)
    results = measure(contestants, workload, Plan(**(plan or {})), progress)
    ours = results.pop("ours")
    batches = workload.dataset.batches(workload.settings.batch_size, endless=True)
    fetching = 1e3 * input_seconds(batches)
    return {
        **surroundings,
        "processors": _processors(),
        **ours,
        "input_milliseconds": fetching,
        "input_share": fetching / ours["milliseconds_per_step"],
        "comparisons": results,
    }


def _processors():
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()
