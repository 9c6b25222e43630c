"""How training's time grows with pixels, channels, latents, batch, images and steps.

    python examples/measure_scaling.py --backend jax

A table for each: every value is trained in turn, a short run in every round, so that
whatever else the machine does slows all of them. The exponent is the slope of a line
through the logarithms: 1 means in proportion, 0 not at all. Images come from dSprites,
brought to a size and to channels by their nearest pixels.
"""

import argparse
import os
import statistics

AXES = {
    # The network that grows with its images, for the first two.
    "pixels": ("conv", "size", (32, 64, 128)),
    "channels": ("conv", "channels", (1, 3, 4)),
    "latents": ("burgess2018", "latent_dim", (2, 10, 50, 250)),
    "batch": ("burgess2018", "batch_size", (16, 32, 64, 128, 256)),
    "images": ("burgess2018", "images", (512, 4096, 32768)),
    "steps": ("burgess2018", "steps", (50, 100, 200, 400)),
}

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--backend", choices=("tensorflow", "jax", "torch"))
parser.add_argument("--only", nargs="*", choices=AXES, default=list(AXES))
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--steps", type=int, default=20, help="of a run")
parser.add_argument("--data", default="dsprites")
arguments = parser.parse_args()
if arguments.backend:
    os.environ["KERAS_BACKEND"] = arguments.backend  # before Keras is imported

import numpy as np  # noqa: E402

import keras_bvae as kb  # noqa: E402
from keras_bvae.benchmark import Ours, make_workload  # noqa: E402

kb.keep_memory()


def medians(network, name, values):
    """Milliseconds a step for each value; of runs of a length: of the whole run."""
    runs = []
    for value in values:
        workload = make_workload(
            network,
            data=arguments.data,
            **{"images": 1024, **({} if name == "steps" else {name: value})},
        )
        trained = Ours(workload)
        trained.run(2)  # compiles
        runs.append((trained, value if name == "steps" else arguments.steps))
    seconds = [[] for _ in runs]
    for _ in range(arguments.rounds):
        for (trained, steps), taken in zip(runs, seconds, strict=True):
            timing = trained.run(steps)
            a_step = timing.seconds / timing.steps
            taken.append(1e3 * a_step * (timing.steps if name == "steps" else 1))
    return [statistics.median(taken) for taken in seconds]


for axis in arguments.only:
    network, name, values = AXES[axis]
    times = medians(network, name, values)
    # Pixels, not sides, are what a network has to go through.
    grown = [value**2 for value in values] if name == "size" else values
    per = "in all" if name == "steps" else "a step"
    exponent = np.polyfit(np.log(grown), np.log(times), 1)[0]
    print(f"\n{axis}, {network}: exponent {exponent:.2f}")
    print(f"| {name} | " + " | ".join(map(str, values)) + " |")
    print(f"| ms {per} | " + " | ".join(f"{time:.1f}" for time in times) + " |")
