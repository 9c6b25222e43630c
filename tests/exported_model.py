"""A tiny convolutional model, and whether a file computes what it computes."""

import functools
import random

import numpy as np

import keras_bvae as kb
from keras_bvae.export.formats import FORMATS
from keras_bvae.export.parts import part_of

SIDE = 16


@functools.cache
def conv_model(likelihood="bernoulli"):
    """Untrained: two convolutions each way, 3 latents."""
    random.seed(1)  # Keras draws the seeds of initial weights from it
    networks = kb.networks.build("conv", (SIDE, SIDE, 1), 3)
    return kb.BetaVAE(*networks, likelihood=likelihood, seed=0)


def assert_computes_the_same(kind, folder, parts=("encoder", "decoder")):
    """Writes in a format, reads back, runs on batches of 1 and 5; returns the paths.

    What is expected comes from `encode` and `decode`, not from the exported network.
    """
    model, paths, kind = conv_model(), [], FORMATS[kind]
    rng = np.random.default_rng(3)
    images = rng.random((5, SIDE, SIDE, 1), dtype="float32")
    codes = rng.normal(size=(5, 3)).astype("float32")
    mean, log_variance = model.encode(images)
    expected = {
        "encoder": (images, [mean, log_variance]),
        "decoder": (codes, [model.decode(codes)]),
        "model": (images, [mean, log_variance, model.decode(mean)]),
    }
    for name in parts:
        part, path = part_of(model, name), folder / f"{name}{kind.suffix}"
        kind.write(part, path, {"why": "a test"})
        run, (inputs, outputs) = kind.load(part, path), expected[name]
        for count in (1, 5):
            for ours, theirs in zip(run(inputs[:count]), outputs, strict=True):
                np.testing.assert_allclose(ours, theirs[:count], rtol=0, atol=1e-4)
        paths.append(path)
    return paths
