"""An objective of your own in 40 lines: the first nats of each latent are free.

KERAS_BACKEND=tensorflow python examples/own_objective.py --steps 1000
"""

import argparse

import keras
from keras import ops

import keras_bvae as kb


@keras.saving.register_keras_serializable(package="examples")
class FreeBitsVAE(kb.VariationalAutoencoder):
    """Minimises -E log p(x|z) + Σ_k max(free, KL_k), after Kingma et al. 2016."""

    penalty_names = ("paid_kl",)  # logged beside reconstruction and kl
    free = kb.Strength("0.1 to 1 nats are usual.")  # a number or a schedule

    def __init__(self, encoder, decoder, free=0.5, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        self.free = free

    def objective(self, terms, average):
        kl = average(terms.kl)  # (batch, latent_dim) to (latent_dim,), nats
        paid = ops.sum(ops.maximum(kl, self.free))
        return average(terms.reconstruction) + paid, {"paid_kl": paid}


parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--steps", type=int, default=1000)
parser.add_argument("--network", default="burgess2018")
parser.add_argument("--out", default="free_bits.keras")
arguments = parser.parse_args()
dataset = kb.datasets.load("dsprites")
networks = kb.networks.build(arguments.network, image_shape=dataset.image_shape)
falling = kb.schedules.Linear(1.0, 0.1, steps=arguments.steps)
model = FreeBitsVAE(*networks, free=falling)
model.compile(keras.optimizers.Adam(5e-4))
model.fit(dataset.batches(64), steps_per_epoch=arguments.steps, verbose=2)
model.save(arguments.out)
free = float(keras.saving.load_model(arguments.out).free.numpy())
print(f"{free:.3f} nats are free at the end")
