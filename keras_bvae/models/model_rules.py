"""What a model asks of its parts and arguments; each breach is one clear sentence."""

import os

import keras
import numpy as np

from keras_bvae.datasets.dataset import Dataset
from keras_bvae.datasets.image_batches import ImageBatches
from keras_bvae.datasets.images import as_array
from keras_bvae.datasets.pair_batches import PairBatches
from keras_bvae.datasets.values import AXES, KINDS
from keras_bvae.engine.watched_stream import has_values
from keras_bvae.errors import InvalidValue
from keras_bvae.losses.reconstruction import LIKELIHOODS
from keras_bvae.models.gaussian_scale import require_gaussian_scale
from keras_bvae.rules import require_one_of
from keras_bvae.schedules import turning_steps, value_at

_LEAST_SCALE = 1 / 100  # of a layer that was meant for images of 0 … 255
_FLOAT32 = 1e-6  # what two weights of a model lose


def require_likelihood(likelihood, gaussian_scale):
    """Raises for an unknown likelihood or a scale that it cannot have.

    Raises:
        ValueError: as said.
    """
    require_one_of("`likelihood`", likelihood, LIKELIHOODS)
    require_gaussian_scale(gaussian_scale, likelihood)


def require_no_sigmoid(decoder, likelihood):
    """Raises if a Bernoulli decoder squashes its output, which must be logits.

    Raises:
        ValueError: the last layer has a sigmoid.
    """
    layers = getattr(decoder, "layers", None) or [decoder]
    activation = getattr(layers[-1], "activation", None)
    if likelihood == "bernoulli" and getattr(activation, "__name__", "") == "sigmoid":
        raise InvalidValue(
            "A decoder for the bernoulli likelihood must end in logits; received one "
            f"whose last layer {layers[-1].name!r} applies a sigmoid. Remove that "
            "activation: the model applies it where it is needed."
        )


def require_no_rescaling(encoder):
    """Raises if an encoder begins by dividing its images by 255, or 127.5.

    It gets them in [0, 1], whatever they were: it would see next to nothing.

    Raises:
        ValueError: its first layer, or that of a model in it, does.
    """
    layers = [
        layer
        for layer in getattr(encoder, "layers", ())
        if not isinstance(layer, keras.layers.InputLayer)
    ]
    if layers and isinstance(layers[0], keras.layers.Rescaling):
        scale = layers[0].scale
        if np.max(np.abs(np.asarray(scale, "float64"))) < _LEAST_SCALE:
            raise InvalidValue(
                "An encoder gets images in [0, 1], as the model divides uint8 by 255 "
                f"itself; received one whose layer {layers[0].name!r} multiplies them "
                f"by {float(np.max(scale)):.3g}. Remove that layer, and give uint8 "
                "images, or float ones in [0, 1]."
            )
    elif layers and hasattr(layers[0], "layers"):
        require_no_rescaling(layers[0])


def static_input_shape(encoder):
    """One example's shape, as a built encoder takes it; None while it is unknown."""
    try:
        shape = encoder.input_shape
    except (AttributeError, ValueError):
        return None  # a subclassed model that saw no image yet
    if isinstance(shape, list) and len(shape) == 2:
        shape = shape[0]  # beside a condition
    known = isinstance(shape, tuple) and len(shape) - 1 in KINDS
    return shape[1:] if known and None not in shape[1:] else None


def shape_of_one(shape, is_pair):
    """One example's shape, of a batch's: without its first axis, or two for pairs."""
    return tuple(shape)[2 if is_pair else 1 :]


def require_posterior(outputs):
    """The encoder's symbolic outputs as `(mean, log_variance)`.

    Raises:
        ValueError: they are not two tensors of one shape `(batch, latent_dim)`.
    """
    shapes = [
        tuple(output.shape)
        for output in (outputs if isinstance(outputs, (list, tuple)) else [outputs])
    ]
    if len(shapes) != 2 or shapes[0] != shapes[1] or len(shapes[0]) != 2:
        raise InvalidValue(
            "An encoder must return two outputs, mean and log_variance, both of shape "
            f"(batch, latent_dim); received outputs of shapes {shapes}. End it with "
            "two Dense layers of latent_dim units."
        )
    return tuple(outputs)


def require_image_output(output, image_shape):
    """Raises unless the decoder's symbolic output has the images' shape.

    Raises:
        ValueError: it has another shape.
    """
    if tuple(output.shape[1:]) != tuple(image_shape):
        what = "images" if len(image_shape) == 3 else "data"
        raise InvalidValue(
            f"A decoder must return {what} of the encoder's input shape "
            f"{tuple(image_shape)}; received output shape {tuple(output.shape[1:])}. "
            "Build both with the same image_shape."
        )


def is_array(images):
    """Whether Keras takes it for an array: NumPy's, or a tensor of any framework."""
    return hasattr(images, "__array__") or (
        hasattr(images, "shape") and hasattr(images, "dtype")
    )


def require_one_array(images):
    """Raises unless images are one dense array, tensor, or the description of one.

    Raises:
        ValueError: they are several, nested, ragged, or no array at all.
    """
    kind = type(images).__name__
    is_dense = not kind.startswith(("Ragged", "Sparse"))
    if hasattr(images, "shape") and hasattr(images, "dtype") and is_dense:
        return
    if isinstance(images, dict):
        kind = f"a dict of {', '.join(map(repr, images))}"
    elif isinstance(images, (list, tuple)):
        kind = f"a {kind} of {len(images)}"
    raise InvalidValue(
        "`images` must be one array or tensor, (n, height, width, channels); received "
        f"{kind}. Stack them, or take the images out of it."
    )


def images_of(batch):
    """The images of a batch as Keras takes it: x, (x,), (x, y) or (x, y, weights).

    Raises:
        ValueError: it has more parts than that.
    """
    if not isinstance(batch, (list, tuple)):
        return batch
    if not 1 <= len(batch) <= 3:
        raise InvalidValue(
            "A batch must be images, (images, targets) or (images, targets, sample "
            f"weights); received {len(batch)} parts. Leave the others out."
        )
    return batch[0]


def labels_of(batch):
    """The y of a batch as Keras takes it, or None; see `images_of`."""
    if not isinstance(batch, (list, tuple)) or len(batch) < 2:
        return None
    return batch[1]


def require_source(x):
    """Raises unless x may be images, or batches of them.

    Raises:
        ValueError: it is nothing, a path, or a data set instead of its batches.
    """
    if isinstance(x, Dataset):
        raise InvalidValue(
            "A model takes images, or batches of them; received the data set "
            f"{x.name}. Use dataset.batches(64), or dataset.images(indices)."
        )
    if x is None or isinstance(x, (str, os.PathLike)):
        raise InvalidValue(
            f"A model takes images, or batches of them; received {x!r}. Use "
            "keras_bvae.datasets.load('images:FOLDER').batches(64) for pictures."
        )


def require_weights(weights, count=None):
    """Raises unless sample weights are finite numbers >= 0, one an image.

    Args:
        weights: array-like or tensor; None, or without values: nothing is asked.
        count: int, how many images they belong to, or None where it is not known.

    Raises:
        ValueError: they are others. A negative one would reward bad images, without
            end.
    """
    if weights is None or not has_values(weights):
        return
    values = as_array(weights)
    if values.dtype.kind not in "biuf" or (values < 0).any():
        arrived = "a negative one" if values.dtype.kind in "if" else str(values.dtype)
    elif not np.isfinite(values).all():
        arrived = "one that is not finite"
    elif count is not None and values.size != count:
        arrived = f"{values.size:,} for {count:,} images"
    else:
        return
    raise InvalidValue(
        "Sample weights must be finite numbers >= 0, one an image; received "
        f"{arrived}. Use 1 for an image that counts once, and 0 to leave one out."
    )


def require_several_images(data, batch_size, what):
    """Raises if a batch, be it the last one of an array, would hold a single image.

    Args:
        data: `fit`'s x.
        batch_size: int, or None where it is not known.
        what: what needs more, to begin the sentence.

    Raises:
        ValueError: it holds one.
    """
    if batch_size is not None and batch_size < 2:
        raise InvalidValue(
            f"{what} needs at least 2 images a batch; received batch_size={batch_size}."
            " The papers use 64."
        )
    if batch_size is not None and hasattr(data, "ndim") and len(data) % batch_size == 1:
        raise InvalidValue(
            f"{what} needs at least 2 images a batch; received {len(data):,} images in "
            f"batches of {batch_size}, which leave 1 for the last. Leave it out, or "
            "change batch_size."
        )


def require_pair_data(data):
    """Raises if `fit`'s x is known to hold single images.

    Raises:
        ValueError: it does.
    """
    if isinstance(data, ImageBatches) and not isinstance(data, PairBatches):
        raise InvalidValue(
            "This objective trains on pairs of images that share factors; received "
            f"single images of {data.dataset.name}. Use dataset.pair_batches(…) in "
            "place of dataset.batches(…)."
        )
    if hasattr(data, "ndim"):
        require_pairs(data.shape, needed=True)


def require_pairs(shape, needed, axes=3):
    """Raises unless a batch holds pairs, `(pairs, 2, height, width, channels)`.

    Args:
        shape: the batch's shape, None for unknown axes.
        needed: bool; False allows single images too.
        axes: int, of one image.

    Raises:
        ValueError: it holds something else.
    """
    shape = tuple(shape)
    is_pair = len(shape) == axes + 2 and shape[1] == 2
    if is_pair or (len(shape) == axes + 1 and not needed):
        return
    of_one = AXES[KINDS[axes]].removeprefix("(n, ").removesuffix(")")
    raise InvalidValue(
        "This objective trains on pairs of images that share factors, of shape (pairs, "
        f"2, {of_one}); received shape {shape}. Use "
        "dataset.pair_batches(…) or numpy.stack([first, second], axis=1)."
    )


def require_mmd_strength(alpha, lambda_mmd):
    """Raises if the MMD would count less than 0 times, at any step.

    Args:
        alpha, lambda_mmd: float or a Keras schedule.

    Raises:
        ValueError: it would.
    """
    schedules = [s for s in (alpha, lambda_mmd) if callable(s)]
    steps = sorted({0}.union(*map(turning_steps, schedules)))
    for step in steps:
        a, b = (value_at(s, step) if callable(s) else s for s in (alpha, lambda_mmd))
        if a + b < 1 - _FLOAT32:
            when = f" at step {step:,} of the schedule" if schedules else ""
            raise InvalidValue(
                "`alpha` + `lambda_mmd` must be at least 1, since MMD counts alpha + "
                f"lambda_mmd - 1 times; received alpha={a!r}, lambda_mmd={b!r}{when}. "
                "alpha=0, lambda_mmd=1 is a plain VAE."
            )
