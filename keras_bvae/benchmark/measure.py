"""One backend's part of a benchmark: contestants timed in turn, medians of ratios."""

import os
import statistics
import time
from typing import NamedTuple

import keras

from keras_bvae.benchmark.contestants import contestants_of
from keras_bvae.benchmark.device import device_limits, peak_memory
from keras_bvae.benchmark.layer_list import operations_of_step
from keras_bvae.engine import engine
from keras_bvae.engine.dispatches import Dispatches
from keras_bvae.engine.feed import Feed, unpacking
from keras_bvae.runs.run_folder import environment

# Steps that settle a compiled step, and that tell how many fill the time asked for.
FIRST_STEPS = 2
TRIAL_STEPS = 8


class Plan(NamedTuple):
    """How long to measure.

    Attributes:
        repeats: int, rounds; every round runs each contestant once.
        seconds: float, length of a run.
        steps: int, steps of a run instead of its length; None: by `seconds`.
    """

    repeats: int = 7
    seconds: float = 2.0
    steps: int | None = None


def backend_record(workload, plan=None, compiled=True, progress=None):
    """Times all contestants of the backend that Keras runs on.

    Args:
        workload: `Workload`.
        plan: dict, the fields of `Plan`; None: its defaults.
        compiled: bool; False leaves out what a compiler works on for long.
        progress: None or function `(done, total)`.

    Returns:
        dict of plain values: what `environment` gives, `processors`, `image_shape`,
        `operations_per_step` (see `operations_of_step`), `limit_gflops` (10⁹ operations
        a second of a big matrix product, in this process) and, of ours and of each
        comparison, `gflops` and `share_of_limit`; of ours `images_per_second`,
        `milliseconds_per_step`, `first_seconds`,
        `input_milliseconds` (fetching a batch), `input_share` (that over a step),
        `peak_memory_mb`, `peak_device_memory_mb` (after its own first run, before any
        other contestant was made), and `comparisons`, dict by name: see `measure`.

    Raises:
        Exception: whatever our own training raises.
    """
    surroundings = environment()
    contestants = contestants_of(surroundings["backend"], compiled)
    results = measure(contestants, workload, Plan(**(plan or {})), progress)
    settings = workload.settings
    operations = operations_of_step(workload.layers, settings.batch_size)
    has_gpu = surroundings["device"].lower() != "cpu"
    dtype = "bfloat16" if settings.precision == "bfloat16" else "float32"
    limit = 1e3 * device_limits(has_gpu, dtype)["tflops"]
    _count_operations(results, operations, limit)
    ours = results.pop("ours")
    batches = workload.dataset.batches(workload.settings.batch_size, endless=True)
    fetching = 1e3 * input_seconds(batches)
    return {
        **surroundings,
        "processors": _processors(),
        "image_shape": list(workload.images.shape[1:]),
        "operations_per_step": operations,
        "limit_gflops": limit,
        **ours,
        "input_milliseconds": fetching,
        "input_share": fetching / ours["milliseconds_per_step"],
        "comparisons": results,
    }


def measure(contestants, workload, plan, progress=None):
    """Times every contestant on the same workload.

    Args:
        contestants: dict, `Contestant` by name, ours first.
        workload: `Workload`.
        plan: `Plan`.
        progress: None or function `(done, total)`, told how many runs are over.

    Returns:
        dict by name: each a dict with `label` and either `failure`, a sentence, or
        `images_per_second` and `milliseconds_per_step` (medians over the rounds),
        `first_seconds` (making it and its first steps, compilation included), `steps`
        (of a run), `loss` and `rounds` (seconds a step in each round). Ours, made and
        run before the others, also has what `peak_memory` gives. The others have
        `ratio`: the median over the rounds of the images a second of ours over its own
        in the same round, so that what slows the whole machine down cancels.

    Raises:
        Exception: whatever ours raises.
    """
    tell = progress or (lambda done, total: None)
    total = len(contestants) * (plan.repeats + 1)
    results, running = {}, {}
    for place, (name, contestant) in enumerate(contestants.items()):
        tell(place, total)
        results[name] = {"label": contestant.label}
        # Whatever a compiler raises is a result here: the others go on.
        try:
            running[name] = _warmed_up(contestant, workload, plan, results[name])
        except Exception as error:
            if name == "ours":
                raise
            results[name]["failure"] = _sentence(error)
        if name == "ours":
            results[name].update(peak_memory())
    done = len(contestants)
    for number in range(plan.repeats):
        # Back and forth, so that a drift favours nobody.
        for name in list(running)[:: 1 if number % 2 == 0 else -1]:
            tell(done, total)
            timing = running[name].run(results[name]["steps"])
            results[name]["rounds"].append(timing.seconds / timing.steps)
            results[name]["loss"] = timing.loss
            done += 1
    tell(total, total)
    _summarise(results, running, workload.settings.batch_size)
    return results


def _count_operations(results, operations, limit):
    for result in results.values():
        if "failure" not in result:
            gflops = operations / result["milliseconds_per_step"] / 1e6
            result["gflops"] = gflops
            result["share_of_limit"] = gflops / limit


def input_seconds(batches, repeats=50):
    """Median time to fetch and unpack the images of one step.

    Args:
        batches: `ImageBatches` that the training reads.
        repeats: int, batches to fetch.

    Returns:
        Float, in seconds: of what `Feed` does for a step, and of the look-up on the
        device. Within the compiled step that last takes no longer than by itself.
    """
    times = []
    feed = Feed(batches, repeats, Dispatches(1))
    images_of = engine.compiled(unpacking(feed.form))
    for _ in range(repeats):
        begin = time.perf_counter()
        rows, _ = feed.next_steps()
        images = images_of(feed.stored, keras.ops.convert_to_tensor(rows[0]))
        keras.ops.convert_to_numpy(images)  # waits for the device
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def _processors():
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()


def _warmed_up(contestant, workload, plan, result):
    """Makes and compiles a contestant, and finds how many steps fill the time."""
    begin = time.perf_counter()
    made = contestant.make(workload)
    made.run(min(FIRST_STEPS, plan.steps or FIRST_STEPS))
    result["first_seconds"] = time.perf_counter() - begin
    if plan.steps:
        result["steps"] = plan.steps
    else:
        for trial_steps in (FIRST_STEPS, TRIAL_STEPS):
            trial = made.run(trial_steps)
            steps = plan.seconds * trial.steps / trial.seconds
            if steps < TRIAL_STEPS:
                break
        result["steps"] = _rounded(steps)
        made.run(result["steps"])  # one run for nothing: caches and clocks settle
    result["rounds"] = []
    return made


def _rounded(steps):
    """Whole hundreds, the steps of an epoch of `kbvae train`, if there are so many."""
    return max(round(steps / 100) * 100, 100) if steps > 50 else max(round(steps), 2)


def _summarise(results, running, batch_size):
    for name in running:
        result = results[name]
        median = statistics.median(result["rounds"])
        result["milliseconds_per_step"] = 1e3 * median
        result["images_per_second"] = batch_size / median
        if name != "ours":
            pairs = zip(result["rounds"], results["ours"]["rounds"], strict=True)
            result["ratio"] = statistics.median(its / own for its, own in pairs)


def _sentence(error):
    """What went wrong, in a line: compilers answer with pages."""
    text = " ".join(str(error).split()) or type(error).__name__
    text = f"{type(error).__name__}: {text}"
    return text if len(text) <= 160 else f"{text[:157]}..."
