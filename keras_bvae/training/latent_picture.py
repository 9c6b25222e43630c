"""From a model and a data set to the traversal picture of its latents."""

import numpy as np

from keras_bvae import pictures

# Images that give the KL of each latent and the quantiles of its codes.
_SAMPLE = 2000
# Candidates for the image that shows best what every latent does.
_CANDIDATES = 32
_STILL_STEPS = 11
_ANIMATION_STEPS = 25


def latent_picture(
    model,
    dataset,
    *,
    image=None,
    prior=False,
    reach=3.0,
    steps=None,
    animated=False,
    seed=0,
    title="",
):
    """A picture, or an animation, in which each latent is swept.

    Args:
        model: `VariationalAutoencoder`.
        dataset: where KL and quantiles are estimated, and an image is found.
        image: uint8 or float array `(height, width, channels)` to start from; None:
            the sampled image on which the weakest active latent shows most.
        prior: bool; start from the prior's mean instead of an image.
        reach: float > 0, how many standard deviations of the prior each way; or
            "quantiles", each latent's own 2.5 % … 97.5 % of the codes.
        steps: int >= 2 or None: 11 for a picture, 25 for an animation.
        animated: bool.
        seed: int >= 0, for the sample.
        title: str.

    Returns:
        PIL image or `keras_bvae.pictures.Animation`, for `pictures.save_picture`.

    Raises:
        ValueError: an image of another size, or a sweep that is none.
    """
    steps = steps or (_ANIMATION_STEPS if animated else _STILL_STEPS)
    indices = pictures.sample_indices(dataset, _SAMPLE, seed=seed)
    images = dataset.images_at(indices)
    statistics = pictures.latent_statistics(model.encode, images)
    sweep = (
        pictures.quantile_sweep(statistics.codes, steps=steps)
        if reach == "quantiles"
        else pictures.standard_deviation_sweep(model.latent_dim, reach, steps)
    )
    if prior:
        anchor, origin = (
            pictures.prior_anchor(model.latent_dim),
            "from the prior's mean",
        )
    elif image is not None:
        anchor, origin = model.encode(image[None])[0][0], "from the image shown"
    else:
        chosen = _telling_image(model, statistics, sweep, seed)
        anchor, image = statistics.codes[chosen], images[chosen]
        origin = f"from image {indices[chosen]}, picked to show every latent"
    traversal = pictures.traverse(model.decode, anchor, statistics.kl, sweep)
    draw = pictures.traversal_animation if animated else pictures.traversal_picture
    subtitle = f"{_name(model)}, {dataset.name}, {origin}"
    return draw(traversal, title=title, subtitle=subtitle, image=image)


def _telling_image(model, statistics, sweep, seed):
    count = len(statistics.codes)
    candidates = np.random.default_rng(seed).choice(
        count, min(_CANDIDATES, count), replace=False
    )
    best = pictures.telling_anchor(
        model.decode, statistics.codes[candidates], statistics.kl, sweep
    )
    return candidates[best]


def _name(model):
    beta = getattr(model, "beta", None)
    strength = "" if beta is None else f" beta = {float(beta):g}"
    return f"{type(model).__name__}{strength}"
