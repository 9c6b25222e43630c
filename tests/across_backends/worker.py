"""Run by test_backends_agree.py in a process for each backend.

`python worker.py FOLDER` does the tasks that are typed to it, one a line, and answers
each with "done". `train` builds models with weights and noise that do not depend on the
backend, writes their losses, gradients and encodings, trains and saves them; `load`
loads what every backend saved and goes on with it.
"""

import sys
from pathlib import Path

import keras
import numpy as np
from component_contracts import loss_and_gradients

import keras_bvae as kb
from keras_bvae.models.two_players import mlp_discriminator

BACKENDS = ("tensorflow", "jax", "torch")
# Name: network, likelihood, channels.
CASES = {
    "burgess": ("burgess2018", "bernoulli", 1),
    "higgins_conv": ("higgins2017_conv", "gaussian", 3),
    "locatello": ("locatello2019", "bernoulli", 1),
    "higgins": ("higgins2017", "gaussian", 1),
    "factor": ("higgins2017", "bernoulli", 1),  # two players, two optimizers
}
# Dense networks are quick: there training goes on after the load.
GO_ON = ("higgins", "factor")
SIDE, BATCH, LATENT_DIM = 32, 4, 5


def images_and_noise(channels):
    rng = np.random.default_rng(11)
    images = rng.integers(0, 256, (BATCH, SIDE, SIDE, channels)).astype("uint8")
    return images, rng.normal(size=(BATCH, LATENT_DIM)).astype("float32")


def supply(noise):
    def draw(shape, dtype=None, seed=None, **kwargs):
        return keras.ops.convert_to_tensor(noise, dtype=dtype)

    keras.random.normal = draw
    keras.random.uniform = draw  # orders a permutation, so any numbers will do


def build(case):
    network, likelihood, channels = CASES[case]
    encoder, decoder = kb.networks.build(network, (SIDE, SIDE, channels), LATENT_DIM)
    parts = [encoder, decoder]
    if case == "factor":
        model = kb.FactorVAE(*parts, discriminator=mlp_discriminator(units=16, depth=2))
        parts.append(model.discriminator)
    else:
        model = kb.BetaVAE(*parts, beta=4.0, likelihood=likelihood)
    rng = np.random.default_rng(7)
    for part in parts:
        part.set_weights(
            [rng.normal(0, 0.05, w.shape).astype("float32") for w in part.get_weights()]
        )
    model.compile(keras.optimizers.Adam(1e-3, global_clipnorm=10.0))
    return model


def evaluate(model, images):
    return model.evaluate(images, batch_size=BATCH, verbose=0, return_dict=True)["loss"]


def train(folder):
    backend, results = keras.backend.backend(), {}
    for case, (_, _, channels) in CASES.items():
        images, noise = images_and_noise(channels)
        supply(noise)
        model = build(case)
        results[f"{case}/loss"], values = loss_and_gradients(model, images)
        for index, value in enumerate(values):
            results[f"{case}/gradient{index}"] = value
        model.fit(images, batch_size=BATCH, epochs=2, shuffle=False, verbose=0)
        results[f"{case}/codes"] = np.stack(model.encode(images))
        results[f"{case}/trained_loss"] = evaluate(model, images)
        model.save(folder / f"{case}-{backend}.keras")
    np.savez(folder / f"train-{backend}.npz", **results)


def load(folder):
    backend, results = keras.backend.backend(), {}
    for case, (_, _, channels) in CASES.items():
        images, noise = images_and_noise(channels)
        supply(noise)
        for origin in BACKENDS:
            model = keras.saving.load_model(folder / f"{case}-{origin}.keras")
            results[f"{case}/{origin}/codes"] = np.stack(model.encode(images))
            results[f"{case}/{origin}/trained_loss"] = evaluate(model, images)
            results[f"{case}/{origin}/iterations"] = int(model.optimizer.iterations)
            if case in GO_ON:  # the compile state came along: it trains on
                model.fit(images, batch_size=BATCH, shuffle=False, verbose=0)
                results[f"{case}/{origin}/continued_loss"] = evaluate(model, images)
    np.savez(folder / f"load-{backend}.npz", **results)


if __name__ == "__main__":
    for line in sys.stdin:
        {"train": train, "load": load}[line.strip()](Path(sys.argv[1]))
        print("done", flush=True)
