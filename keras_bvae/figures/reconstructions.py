"""Images beside what a model makes of them."""

import numpy as np

from keras_bvae import pictures
from keras_bvae.figures.model_name import model_name


def reconstructions(model, dataset=None, **choices):
    """A figure with images above what the model makes of them.

    Args:
        model, dataset: as for `reconstruction_page`.
        choices: its other arguments.

    Returns:
        matplotlib.figure.Figure.

    Raises:
        ValueError: see `reconstruction_page`.
    """
    return reconstruction_page(model, dataset, **choices).figure()


def reconstruction_page(
    model, dataset=None, *, count=16, images=None, names=None, seed=0, title=""
):
    """A page with images above what the model makes of them, and the error of each.

    An image is decoded from its posterior mean. The error is -log p(image | mean) in
    nats, by the model's own likelihood, summed over pixels.

    Args:
        model: `VariationalAutoencoder`.
        dataset: data set from which images are drawn; None if `images` are given.
        count: int >= 1, how many; a smaller data set gives all it has.
        images: array `(n, height, width, channels)`, uint8 or float in [0, 1], instead
            of images of the data set.
        names: as many strings to print below those images; None: nothing.
        seed: int >= 0, which images are drawn.
        title: str.

    Returns:
        `pictures.Page`.

    Raises:
        ValueError: images of another size, neither images nor a data set, or `count`
            below 1.
    """
    if images is None:
        _require_dataset(dataset)
        indices = pictures.sample_indices(dataset, count, seed)
        images, names = dataset.images_at(indices), [str(index) for index in indices]
    codes, _ = model.encode(images)
    errors = -model.log_likelihood(images, codes)
    source = f"; {dataset.name}" if dataset is not None else ""
    return pictures.reconstruction_picture(
        images,
        model.decode(codes),
        errors,
        ("",) * len(images) if names is None else names,
        title=title,
        lines=(
            f"{model_name(model)}{source}",
            "Decoded from the posterior mean. Below: the reconstruction error,",
            f"−log p(image | code), {_summary(model, errors)}",
        ),
    )


def _summary(model, errors):
    mean = f"mean of the {len(errors)} shown {np.mean(errors):.1f} nats"
    return f"{model.likelihood.capitalize()}; {mean}"


def _require_dataset(dataset):
    if dataset is None:
        raise ValueError(
            "Reconstructions need images; received neither `dataset` nor `images`. "
            'Pass keras_bvae.datasets.load("dsprites"), for example.'
        )
