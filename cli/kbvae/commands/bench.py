"""`kbvae bench`."""

import importlib.util
import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import click

from kbvae import names
from kbvae.backend import require_installed, start_keras
from kbvae.bench_process import BenchmarkError, measure_backend
from kbvae.bench_report import (
    backend_table,
    growth_table,
    summary_table,
    surroundings_line,
)
from kbvae.progress import counting_bar
from kbvae.terminal import say

_MEMORY = ("kept", "returned", "both")
# Loss scaling is nothing that a hand-written loop has.
_PRECISIONS = ("float32", "bfloat16")
_REQUIRE = """
import sys
from keras_bvae.errors import Misuse
from keras_bvae.files.result_file import SPEEDS, require_record_path
try:
    require_record_path(sys.argv[1], SPEEDS)
except Misuse as error:
    sys.exit(f"Misuse: {error}")
"""


class _WholeNumbers(click.ParamType):
    """64,128,256: whole numbers, each once."""

    name = "numbers"

    def __init__(self, least, most):
        self.least, self.most = least, most

    def convert(self, value, parameter, context):
        if isinstance(value, tuple):
            return value
        words = [word.strip() for word in value.split(",")]
        known = all(word.isascii() and word.isdigit() for word in words)
        # Python refuses numbers of thousands of digits.
        numbers = tuple(int(word[:10]) for word in words) if known else ()
        if not known or not all(self.least <= n <= self.most for n in numbers):
            self.fail(
                f"must be whole numbers of {self.least} to {self.most}, with commas "
                f"between them; received {value[:60]!r}.",
                parameter,
                context,
            )
        return tuple(dict.fromkeys(numbers))


@click.command(name="bench")
@click.option(
    "--backend",
    "backends",
    type=click.Choice(names.BACKENDS),
    multiple=True,
    help="Measure this one only; may be repeated.  [default: all that are installed]",
)
@click.option(
    "--network",
    "networks",
    type=click.Choice(names.NETWORKS),
    multiple=True,
    default=("burgess2018",),
    show_default="burgess2018",
    help="Encoder and decoder; may be repeated.",
)
@click.option(
    "--precision", type=click.Choice(_PRECISIONS), default="float32", show_default=True
)
@click.option("--batch-size", type=click.IntRange(min=1), default=64, show_default=True)
@click.option(
    "--data",
    default="dsprites",
    show_default=True,
    help=f"Data set: {names.DATASETS}.",
)
@click.option(
    "--size",
    "sizes",
    type=_WholeNumbers(8, 2048),
    metavar="N[,N…]",
    help="Sides to which the images are brought, one after the other: 64,128,256.  "
    "[default: as they are]",
)
@click.option(
    "--channels",
    type=_WholeNumbers(1, 4),
    metavar="N[,N…]",
    help="Numbers of channels likewise: 1, 3 or 4.  [default: as they are]",
)
@click.option(
    "--images",
    type=click.IntRange(min=1),
    default=4096,
    show_default=True,
    help="Size of the sample that all train on.",
)
@click.option(
    "--repeats",
    type=click.IntRange(min=1),
    default=7,
    show_default=True,
    help="Rounds; each runs all in turn, and the table has medians.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=2.0,
    show_default=True,
    help="Length of one run in a round.",
)
@click.option(
    "--steps",
    type=click.IntRange(min=1),
    help="Steps of one run, instead of --seconds.",
)
@click.option(
    "--memory",
    type=click.Choice(_MEMORY),
    default="kept",
    show_default=True,
    help="What becomes of freed memory, for all that is measured: kept for the next "
    "step, as the commands have it, or returned to the system, as Linux's C library "
    "has it. both: one after the other, with their ratio.",
)
@click.option(
    "--no-compiled",
    is_flag=True,
    help="Leave out the loops of torch.compile and XLA, which take long to compile.",
)
@click.option(
    "--json",
    "json_path",
    metavar="FILE|-",
    help="Write the record to a file; - prints it instead of the tables.",
)
def command(backends, networks, sizes, channels, json_path, no_compiled, **settings):
    """Find the backend that trains fastest on this machine.

    Trains a β-VAE on each installed backend and sets `fit` of this library beside a
    plain Keras `fit` and a loop written by hand in the same framework: same network,
    same images, in turn, so that what else the machine does cancels in the ratios.
    "ours ÷ it" above 1 means that ours is faster. GFLOP/s are the network's products
    and convolutions; "of limit" is their share of what the same framework reaches in a
    big matrix product. Of several sizes a last table tells how time grows. Compilation
    stands apart, under "first". A minute or two a backend.

    \b
    Examples
      kbvae bench
      kbvae bench --backend jax --network higgins2017 --precision bfloat16
      kbvae bench --network burgess2018 --network higgins2017 --json speed.json
      kbvae bench --network conv --size 64,128,256 --channels 3
      kbvae bench --backend torch --memory both
      kbvae bench --repeats 3 --seconds 1 --no-compiled
    """
    backends = _installed(backends)
    _require_place(json_path)
    records, failures = [], []
    forms = itertools.product(
        dict.fromkeys(networks), channels or (None,), sizes or (None,)
    )
    for network, channel_count, size in forms:
        options = {**settings, "network": network, "compiled": not no_compiled}
        options |= {"size": size, "channels": channel_count}
        record = _measure_all(backends, options, failures, quiet=json_path == "-")
        if not record["backends"]:
            continue
        records.append(record)
        if json_path != "-":
            click.echo(f"{summary_table(record)}\n\n{surroundings_line(record)}\n")
    if json_path != "-" and (growth := growth_table(records)):
        click.echo(f"{growth}\n")
    if json_path is not None and records:
        is_one = len(dict.fromkeys(networks)) == 1 and not (sizes or channels)
        whole = records[0] if is_one else records
        _write(whole, json_path, next(iter(records[0]["backends"])))
    if failures:
        raise click.ClickException(" ".join(failures))


def _installed(backends):
    """Those asked for, or all that are there."""
    for backend in backends:
        require_installed(backend)
    found = tuple(b for b in names.BACKENDS if importlib.util.find_spec(b))
    if not found:
        raise click.UsageError(
            "A benchmark needs an installed backend; found none of "
            f"{', '.join(names.BACKENDS)}. Run `pip install jax`, for one."
        )
    return tuple(dict.fromkeys(backends)) or found


def _require_place(json_path):
    """Now, not after minutes of measuring."""
    if json_path in (None, "-"):
        return
    folder = Path(json_path).parent
    if Path(json_path).is_dir() or not os.access(folder, os.W_OK):
        raise click.UsageError(
            "--json takes a file in a folder that can be written; received "
            f"{json_path!r}. Create the folder, or name another file."
        )
    if not os.path.lexists(json_path):
        return
    if "keras" in sys.modules:
        from keras_bvae.files.result_file import SPEEDS, require_record_path

        require_record_path(json_path, SPEEDS)
        return
    # In a process of its own: Keras must not have memory while others are measured.
    command = [sys.executable, "-c", _REQUIRE, json_path]
    child = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if child.returncode:
        raise click.UsageError(child.stderr.split("Misuse: ")[-1].strip())


def _measure_all(backends, options, failures, quiet):
    """One network on every backend, tables on the way."""
    record = {"settings": dict(options), "backends": {}, "images_per_second": {}}
    memory = options.pop("memory")
    for backend in backends:
        try:
            found = _measure_one(backend, options, memory != "returned")
            if memory == "both" and found["keeps_memory"]:
                found["returned"] = _measure_one(backend, options, False)
        except BenchmarkError as error:
            failures.append(f"{error}.")
            click.echo(f"{error}", err=True)
            continue
        for key in ("device", "platform", "processors", "keeps_memory"):
            record.setdefault(key, found[key])
        record["versions"] = found.pop("versions")
        record["backends"][backend] = found
        record["images_per_second"][backend] = found["images_per_second"]
        if not quiet:
            click.echo(f"{backend_table(found)}\n")
            if "returned" in found:
                click.echo(f"{backend_table(found['returned'])}\n")
    return record


def _measure_one(backend, options, keeps_memory):
    """Sorts the options as `python -m keras_bvae.benchmark` takes them; shows a bar."""
    plan = {key: options[key] for key in ("repeats", "seconds", "steps")}
    rest = {key: value for key, value in options.items() if key not in plan}
    form = [options[key] for key in ("size", "channels") if options[key]]
    shape = "".join(f" × {number}" for number in form)
    label = f"{options['network']}{shape} on {backend}"
    rest["keep_memory"] = keeps_memory
    click.echo(f"{label}: starting", err=True)
    with counting_bar(label) as progress:
        return measure_backend(backend, {**rest, "plan": plan}, progress)


def _write(record, json_path, backend):
    if json_path == "-":
        # As `json_text` would write it; the measuring processes send no NaN.
        click.echo(json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False))
        return
    # Not before: Keras must not have cores and memory while others are measured.
    if "keras" not in sys.modules:
        start_keras(backend)
    from keras_bvae.files.json_file import write_json

    write_json(json_path, record)
    say(json_path)
