"""Look into a model that others published: convert it, measure it, draw its latents.

    python examples/traverse_published.py betaH_dsprites.pt -o latents.png

The file is a PyTorch state dict of the Burgess network, as those of
github.com/YannDubs/disentangling-vae. Nothing in it is executed. Needs PyTorch to read
it; computes on any backend.
"""

import argparse

import numpy as np

import keras_bvae as kb
from keras_bvae.datasets import sample_images
from keras_bvae.latents import latent_statistics, quantile_sweep, traverse

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("checkpoint")
parser.add_argument("-o", "--out", default="latents.png")
parser.add_argument("--images", type=int, default=2000)
arguments = parser.parse_args()

# 1. The weights, as a Keras model with `encode` and `decode`.
model = kb.models.from_pytorch(arguments.checkpoint)
dataset = kb.datasets.load("dsprites")

# 2. What each latent carries: its KL from the prior, in nats.
images = sample_images(dataset, arguments.images)
statistics = latent_statistics(model.encode, images)
for latent in np.argsort(-statistics.kl):
    state = "active" if statistics.active[latent] else "dead"
    print(f"z{latent}: {statistics.kl[latent]:.2f} nats, {state}")

# 3. Start at the code of a big heart in the middle and sweep one latent at a time,
#    between the quantiles that its codes really take.
heart = dataset.images([[2, 5, 0, 16, 16]])
anchor = model.encode(heart)[0][0]
sweep = quantile_sweep(statistics.codes, steps=11)
traversal = traverse(model.decode, anchor, statistics.kl, sweep)

# 4. One row a latent, the strongest first.
sheet = kb.pictures.traversal_sheet(
    traversal, title=arguments.checkpoint, subtitle="dsprites", image=heart[0]
)
sheet.save(arguments.out)
print(arguments.out)
