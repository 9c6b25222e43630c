import threading

import numpy as np
import pytest
from numbered_run import Squares


class BrightnessModel:
    """Three latents whose arithmetic can be done by hand, on 8×8 images.

    With m an image's mean brightness, the posterior is N((m/2, 2m, 0), 1). The second
    latent sets the brightness of what is decoded, 1/2 + z/4; the others do nothing.
    """

    image_shape = (8, 8, 1)
    latent_dim = 3
    beta = 4.0

    def __init__(self):
        self.threads = 0
        self.most_threads = 0
        self.decoded = []

    def encode(self, images):
        images = np.asarray(images, "float32") / 255
        brightness = images.mean(axis=(1, 2, 3))
        mean = np.stack([brightness / 2, 2 * brightness, 0 * brightness], axis=1)
        return mean, np.zeros_like(mean)

    def decode(self, codes):
        self.threads += 1
        self.most_threads = max(self.most_threads, self.threads)
        threading.Event().wait(0.005)  # long enough for another thread to come by
        codes = np.asarray(codes, "float32")
        self.decoded.append(codes)
        self.threads -= 1
        pixels = np.clip(0.5 + codes[:, 1] / 4, 0, 1)
        return np.ones((1, *self.image_shape), "float32") * pixels[:, None, None, None]

    def log_likelihood(self, images, codes):
        return np.full(len(images), -12.5, "float32")


@pytest.fixture
def model():
    return BrightnessModel()


class DarkSquares(Squares):
    """A black square of 3×3 pixels on white, so that two latents carry something."""

    def _images_at(self, indices):
        return 255 - super()._images_at(indices)


@pytest.fixture
def dataset():
    return DarkSquares()


@pytest.fixture(scope="module")
def address():
    """A page of two models, as a user's browser finds it; one for a file's tests."""
    pytest.importorskip("gradio", reason="needs Gradio, of the extra `explore`")
    from keras_bvae.explore import explorer, serve

    models = {"first": BrightnessModel(), "second": BrightnessModel()}
    blocks = explorer(models, DarkSquares())
    yield serve(blocks)
    blocks.close(verbose=False)
