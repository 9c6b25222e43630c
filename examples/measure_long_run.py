"""Time a training of a paper's length, and the part of the device's limit it uses.

    python examples/measure_long_run.py --backend jax --steps 300000

Trains burgess2018 at batch 64 as `kbvae train` does, by one `fit`. A first short `fit`
compiles; it is reported apart. The limit comes from the operations and bytes of a step,
counted from the layers' shapes, and from what the device reaches at its best in a big
matrix product and a big copy; name other peaks with --peak-tflops and
--peak-gb-per-second. Runs anywhere; on a CPU take fewer steps.
"""

import argparse
import contextlib
import json
import os
import sys
import time
from pathlib import Path

import click

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--backend", choices=("tensorflow", "jax", "torch"))
parser.add_argument("--network", default="burgess2018")
parser.add_argument("--batch-size", type=int, default=64)
parser.add_argument("--steps", type=int, default=300_000)
parser.add_argument("--precision", default="float32")
parser.add_argument("--data", default="dsprites")
parser.add_argument("--peak-tflops", type=float, help="default: measured")
parser.add_argument("--peak-gb-per-second", type=float, help="default: measured")
parser.add_argument("--json", type=Path, metavar="FILE", help="where the record goes")
arguments = parser.parse_args()
if arguments.backend:
    os.environ["KERAS_BACKEND"] = arguments.backend  # before Keras is imported

import keras  # noqa: E402

import keras_bvae as kb  # noqa: E402
from keras_bvae.benchmark import (  # noqa: E402
    bytes_of_step,
    device_limits,
    layer_list,
    operations_of_step,
    peak_memory,
)
from keras_bvae.runs import (  # noqa: E402
    LOG_PERIOD,
    Settings,
    build_model,
    environment,
)


@contextlib.contextmanager
def counting_bar(label):
    """A bar that is told how much of how much is done."""
    with click.progressbar(length=1000, label=label, file=sys.stderr) as bar:
        yield lambda done, total: bar.update(1000 * done // total - bar.pos)


# 1. The model and the data of `kbvae train`.
settings = Settings(
    data=arguments.data,
    network=arguments.network,
    batch_size=arguments.batch_size,
    precision=arguments.precision,
    steps=arguments.steps,
)
dataset = kb.datasets.load(settings.data)
with counting_bar("Drawing the images") as drawing:
    dataset.prepare(drawing)
model = build_model(settings, dataset)
batches = dataset.batches(settings.batch_size, endless=True)
log_period = min(LOG_PERIOD, settings.steps)


class Bar(keras.callbacks.Callback):
    """Moves once an epoch: nothing is called for each batch, which would cost time."""

    def __init__(self, epochs, advance):
        super().__init__()
        self.epochs, self.advance = epochs, advance

    def on_epoch_end(self, epoch, logs=None):
        self.advance((epoch + 1) * log_period, self.epochs * log_period)


def fit(epochs, label):
    """Trains; returns the seconds that it took and the last loss."""
    with counting_bar(label) as advance:
        begin = time.perf_counter()
        history = model.fit(
            batches,
            steps_per_epoch=log_period,
            epochs=epochs,
            verbose=0,
            callbacks=[Bar(epochs, advance)],
        )
        return time.perf_counter() - begin, history.history["loss"][-1]


# 2. Compile, then train.
first_seconds, _ = fit(1, "Compiling")
epochs = max(round(settings.steps / log_period), 1)
steps = epochs * log_period
seconds, loss = fit(epochs, "Training")

# 3. Against the limit.
layers = layer_list(model.encoder, model.decoder)
operations = operations_of_step(layers, settings.batch_size)
moved = bytes_of_step(layers, settings.batch_size)
has_gpu = environment()["device"].lower() != "cpu"
dtype = "bfloat16" if settings.precision == "bfloat16" else "float32"
tflops, gb_per_second = arguments.peak_tflops, arguments.peak_gb_per_second
if not (tflops and gb_per_second):
    limits = device_limits(has_gpu, dtype)
    tflops = tflops or limits["tflops"]
    gb_per_second = gb_per_second or limits["gb_per_second"]
per_step = seconds / steps
operations_share = operations / per_step / (tflops * 1e12)
bytes_share = moved / per_step / (gb_per_second * 1e9)
record = {
    **environment(),
    "settings": settings.to_dict(),
    "steps": steps,
    "seconds": seconds,
    "first_seconds": first_seconds,
    "images_per_second": settings.batch_size / per_step,
    "loss": loss,
    **peak_memory(),
    "operations_per_step": operations,
    "bytes_per_step": moved,
    "peak_tflops": tflops,
    "peak_gb_per_second": gb_per_second,
    "share_of_peak_operations": operations_share,
    "share_of_peak_bytes": bytes_share,
}
print(f"""\
{settings.network}, batch {settings.batch_size}, {settings.precision}, on \
{record["backend"]}, {record["device"]}
{steps:,} steps: {seconds:.1f} s in all, {1e3 * per_step:.3f} ms a step; \
before them {first_seconds:.1f} s for {log_period} steps and their compilation
{record["images_per_second"]:,.0f} images/s
{operations / 1e9:.2f} · 10⁹ operations a step: {operations_share:.1%} \
of {tflops:.2f} · 10¹² a second
{moved / 1e6:.1f} MB a step at least: {bytes_share:.1%} \
of {gb_per_second:.0f} GB/s""")
if arguments.json:
    arguments.json.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
