"""Train every objective of the family for the same steps and set them side by side.

    KERAS_BACKEND=tensorflow python examples/compare_objectives.py --steps 2000

One run folder each in --out; a run that is finished there is not trained again, one
that was interrupted goes on. Prints a table in Markdown: terms in nats, measured on the
trained models, with the decomposition KL = MI + TC + dimension-wise KL.
"""

import argparse
import sys
from pathlib import Path

import keras

import keras_bvae as kb
from keras_bvae.evaluation import decompose_model, evaluate_model
from keras_bvae.runs import RunFolder, Settings, open_run, resume_run, start_run

# 1. What is compared: a name for the folder and the row, and the settings of the run.
#    C rises for half the steps, so that it rests when the terms are measured; γ = 1000,
#    the paper's for 100,000 steps, would leave a short run little else than its KL.
RUNS = {
    "beta_vae-beta1": {"beta": 1.0},
    "beta_vae-beta4": {"beta": 4.0},
    "beta_vae-beta8": {"beta": 8.0},
    "annealed_vae-capacity5": {
        "objective": "annealed_vae",
        "capacity": 5.0,
        "gamma": 100.0,
    },
    "annealed_vae-capacity15": {
        "objective": "annealed_vae",
        "capacity": 15.0,
        "gamma": 100.0,
    },
    "beta_tc_vae-beta6": {"objective": "beta_tc_vae", "beta": 6.0},
    "factor_vae-gamma10": {"objective": "factor_vae", "gamma": 10.0},
    "factor_vae-gamma40": {"objective": "factor_vae", "gamma": 40.0},
    "dip_vae_i-lambda_od10": {"objective": "dip_vae_i", "lambda_od": 10.0},
    "dip_vae_ii-lambda_od10": {"objective": "dip_vae_ii", "lambda_od": 10.0},
    "info_vae-lambda_mmd1000": {"objective": "info_vae", "lambda_mmd": 1000.0},
    "ada_gvae-beta1": {"objective": "ada_gvae", "beta": 1.0},
}

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--steps", type=int, default=2000)
parser.add_argument("--out", type=Path, default=Path("runs"))
parser.add_argument("--only", nargs="+", choices=RUNS, default=list(RUNS))
parser.add_argument("--network", default="burgess2018")
parser.add_argument("--images", type=int, help="for the decomposition; default: all")
arguments = parser.parse_args()
dataset = kb.datasets.load("dsprites")


class Progress(keras.callbacks.Callback):
    """Says where a run is whenever it logs; nothing is called for each batch."""

    def on_epoch_end(self, epoch, logs=None):
        step = f"step {int(self.model.step):,} of {arguments.steps:,}"
        print(f"{step}: loss {logs['loss']:.1f} nats", file=sys.stderr)


# 2. A run as `kbvae train` would do it, in the same folder layout.
def train(name):
    folder = RunFolder(arguments.out / name)
    shown = [Progress()]
    if not folder.record.exists():
        options = dict(RUNS[name])
        if options.get("objective") == "annealed_vae":
            options["capacity_steps"] = max(1, arguments.steps // 2)
        settings = Settings(steps=arguments.steps, network=arguments.network, **options)
        return start_run(settings, dataset, folder.path, shown)
    if folder.read()["step"] < arguments.steps:
        return resume_run(folder.path, dataset, arguments.steps, shown)
    return open_run(folder.path, needs_data=False).model


# 3. The same measurements for all: loss terms on 4,000 images, the decomposition over
#    the whole data set, the β-VAE score in its quick form.
print("| run | reconstruction | KL | MI | TC | dim. KL | active | β-VAE score |")
print("|---|---|---|---|---|---|---|---|")
for name in arguments.only:
    model = train(name)
    results = evaluate_model(model, dataset, quick=True)
    parts = decompose_model(model, dataset, images=arguments.images)
    cells = [
        name,
        f"{results['reconstruction']:.1f}",
        f"{results['kl']:.2f}",
        f"{parts.mutual_information:.2f}",
        f"{parts.total_correlation:.2f}",
        f"{parts.dimension_wise_kl:.2f}",
        f"{len(results['active_latents'])}",
        f"{results['scores'][0]['score']:.3f}",
    ]
    print(f"| {' | '.join(cells)} |", flush=True)
