"""One model under the sliders: which latents, how far they reach, what they show."""

import threading
from typing import NamedTuple

import numpy as np

from keras_bvae.datasets.images import sample_images
from keras_bvae.errors import InvalidValue
from keras_bvae.evaluation.evaluate_model import require_same_size
from keras_bvae.latents.latent_statistics import latent_statistics, mean_kl_per_latent
from keras_bvae.latents.traversal import sorted_by_kl
from keras_bvae.pictures.appearance import appearance_of

# Images that give the KL of each latent: its standard error stays below 2 %.
SAMPLE = 1000
# Standard deviations of the prior that a slider reaches, if its code is not further.
_REACH = 3.0
# As many thumbnails as can still be told apart at the width of a phone.
STRIP_STEPS = 7
# How much larger than in sheets lines and bars are in the large picture.
_ENLARGED = 3
# Where the thumbnails' middles lie, from one end of the slider, -1, to the other, 1.
_MIDDLES = (2 * np.arange(STRIP_STEPS) + 1) / STRIP_STEPS - 1


class Encoded(NamedTuple):
    """What a model makes of an image.

    Attributes:
        code: NumPy float32, shape `(latent_dim,)`, the posterior's mean.
        reconstruction: NumPy float32 in [0, 1], shape `(height, width, channels)`.
        reconstruction_nats: float, -log p(image | code), summed over pixels.
        kl_nats: float, of this image's posterior to the prior, summed over latents.
    """

    code: np.ndarray
    reconstruction: np.ndarray
    reconstruction_nats: float
    kl_nats: float


class LatentExplorer:
    """A model with its latents in order; may be called from several threads.

    Args:
        model: `VariationalAutoencoder`, built.
        images: uint8 array `(n, height, width, channels)`, a sample that gives the KL
            of each latent.
        title: str, what the page calls the model.
        look: `Appearance` of the images; None: the model's own.

    Attributes:
        order: tuple of int, the latents from the largest KL to the smallest.
        codes: NumPy array, shape `(n, latent_dim)`, posterior means of the images.
        kl: NumPy array, shape `(latent_dim,)`, nats, averaged over the images.
        active: NumPy array of bool, same shape; False where a latent carries nothing.

    Raises:
        ValueError: the sample is empty, of another size, or encodes to NaN.
    """

    def __init__(self, model, images, title, look=None):
        self.model = model
        self.look = look or appearance_of(model=model)
        self.title = title
        # The web server answers every visitor in a thread of its own, and Keras builds
        # its compiled functions without a lock.
        self._lock = threading.Lock()
        statistics = latent_statistics(self._encode, images)
        self.codes = statistics.codes
        self.kl = statistics.kl
        self.active = statistics.active
        self.order = tuple(int(z) for z in sorted_by_kl(self.kl))
        self.warm_up(images[0])

    @property
    def latent_dim(self):
        """Number of latents."""
        return self.model.latent_dim

    @property
    def active_order(self):
        """The latents that carry something, from the largest KL to the smallest."""
        return tuple(z for z in self.order if self.active[z])

    @property
    def dead_order(self):
        """The latents that carry nothing, in the same order."""
        return tuple(z for z in self.order if not self.active[z])

    def warm_up(self, image):
        """Compiles what the sliders will call, so that the first move is quick.

        Args:
            image: uint8 array `(height, width, channels)`.
        """
        encoded = self.encode(image)
        self.decode(encoded.code)
        self.strips(encoded.code)

    def encode(self, image):
        """What the model makes of one image.

        Args:
            image: uint8 array `(height, width, channels)`.

        Returns:
            Encoded.

        Raises:
            ValueError: the image has another size.
        """
        mean, log_variance = self._encode(image[None])
        with self._lock:
            likelihood = self.model.log_likelihood(image[None], mean)
        kl = mean_kl_per_latent(mean, log_variance)
        return Encoded(
            code=mean[0],
            reconstruction=self.decode(mean[0]),
            reconstruction_nats=-float(likelihood[0]),
            kl_nats=float(kl.sum()),
        )

    def decode(self, code):
        """The expected image of one code, of what is no image its picture.

        Args:
            code: sequence of `latent_dim` floats.

        Returns:
            NumPy float32 in [0, 1], shape `(height, width, channels)`.

        Raises:
            ValueError: another length, or a value that is not finite.
        """
        return self._decode([code], _ENLARGED)[0]

    def strips(self, code):
        """What each active latent's slider would show, the others held at a code.

        Args:
            code: sequence of `latent_dim` floats.

        Returns:
            NumPy float32 in [0, 1], shape `(active, STRIP_STEPS, height, width,
            channels)`, in the order of `active_order`. Side by side and as wide as the
            slider, each is what the knob gives where it stands over its middle.

        Raises:
            ValueError: as `decode`.
        """
        code = np.asarray(code, np.float32)
        latents = self.active_order
        codes = np.tile(code, (len(latents), STRIP_STEPS, 1))
        for row, latent in zip(codes, latents, strict=True):
            row[:, latent] = slider_reach(code[latent]) * _MIDDLES
        images = self._decode(codes.reshape(-1, self.latent_dim))
        return images.reshape(len(latents), STRIP_STEPS, *images.shape[1:])

    def picture(self, image):
        """An example as the page shows it beside what is decoded."""
        return self.look.images(image, _ENLARGED)

    def _encode(self, images):
        with self._lock:
            return self.model.encode(images)

    def _decode(self, codes, enlarged=1):
        with self._lock:
            decoded = self.model.decode(codes)
        return self.look.images(decoded, enlarged)


def explorers_of(models, dataset, seed=0, progress=None):
    """One `LatentExplorer` a model, all measured on the same images.

    Args:
        models: dict, a title to a `VariationalAutoencoder`.
        dataset: data set of the models' image size.
        seed: int >= 0, for the sample of images.
        progress: function called as `progress(done, total)`, in models, or None.

    Returns:
        list of LatentExplorer.

    Raises:
        ValueError: there is no model, or a model has images of another size.
    """
    if not models:
        raise InvalidValue(
            "`models` must hold at least one model; received none. "
            "Give a dict such as {'beta 4': model}."
        )
    for title, model in models.items():
        require_same_size(model, dataset)
        if getattr(model, "condition", None) is not None:
            raise InvalidValue(
                "The explorer has sliders for latents and none for a condition; "
                f"received {title}, which is told {', '.join(model.condition)}. Use "
                "`kbvae traverse --condition` or `kbvae sample`."
            )
    report = progress or (lambda done, total: None)
    report(0, len(models))
    images = sample_images(dataset, SAMPLE, seed=seed)
    look = appearance_of(dataset)
    explorers = []
    for title, model in models.items():
        explorers.append(LatentExplorer(model, images, title, look))
        report(len(explorers), len(models))
    return explorers


def slider_reach(value):
    """How far a slider goes each way: 3, or the whole number that holds its value."""
    return max(_REACH, float(np.ceil(abs(value))))
