"""A score by votes: each batch of images votes for the code that varies least."""

import time

import numpy as np

from keras_bvae.metrics.representation_arrays import variance_of_codes
from keras_bvae.metrics.sampling.answering_factors import require_two_answers
from keras_bvae.metrics.sampling.encoding import reduce_codes
from keras_bvae.metrics.sampling.known_codes import with_known_codes
from keras_bvae.metrics.sampling.shared_factor import draw_images_and_batches
from keras_bvae.metrics.score import Score


def score_by_votes(name, protocol, settings, is_active, arguments):
    """Draws, encodes, votes and counts.

    Args:
        name: str, the score's.
        protocol: str.
        settings: dict, those of `protocols.FACTOR_VAE`, with the `factor_names` that
            may be fixed; others are only recorded.
        is_active: function, standard deviations over the data set `(latent_dim,)` to
            bool `(latent_dim,)`: which codes may be voted for.
        arguments: `(encode, dataset, seed, progress, batch_size)`, as given to
            `factor_vae_score`.

    Returns:
        `Score`, with the parts that `factor_vae_score` lists.

    Raises:
        ValueError: all training votes fix one factor, the pool is too small, or
            `encode` returned something else than finite codes, one row per image.
    """
    started = time.perf_counter()
    encode, dataset, seed, progress, batch_size = arguments
    variance_images, vote_images, labels = _draw(dataset, settings, seed)
    overall, in_batches, sizes = _variances(
        encode, dataset, variance_images, vote_images, batch_size, progress
    )
    active = np.flatnonzero(is_active(np.sqrt(overall)))
    parts = {
        **_parts_of_votes(in_batches[:, active], overall[active], labels, settings),
        "active_codes": active,
        "num_active_dims": int(active.size),
        "num_active_dims_reported": int(overall.size) if active.size else 0,
        "global_variances": overall,
    }
    return Score(
        name=name,
        score=parts["eval_accuracy"],
        parts=parts,
        protocol=protocol,
        settings={**settings, "dataset": dataset.name, **sizes},
        seed=int(seed),
        seconds=time.perf_counter() - started,
    )


def least_varying_codes(batch_variances, global_variances):
    """Each batch's vote: the code whose variance shrinks most against the global one.

    A code of global variance 0 gives 0/0, and that counts as least: a constant code
    draws every vote. So does it in the reference, and the score falls to chance.

    Args:
        batch_variances: array, shape `(batches, codes)`, codes >= 1.
        global_variances: array, shape `(codes,)`.

    Returns:
        int array, shape `(batches,)`; of equals the first.

    Source: Kim & Mnih 2018 (arXiv:1802.05983), section 4.
    """
    with np.errstate(all="ignore"):
        return np.argmin(batch_variances / global_variances, axis=-1)


def vote_table(labels, votes, factors, codes):
    """How often each code was voted for while each factor was fixed.

    Args:
        labels: int array, shape `(batches,)`, the factor that was fixed.
        votes: int array, shape `(batches,)`, the code.
        factors, codes: ints, how many there are.

    Returns:
        int array, shape `(factors, codes)`.
    """
    counts = np.bincount(labels * codes + votes, minlength=factors * codes)
    return counts.reshape(factors, codes)


def majority_accuracies(train, test):
    """How often each code's most frequent factor, of the training votes, is right.

    Args:
        train, test: int arrays, shape `(factors, codes)`, of `vote_table`.

    Returns:
        `(train_accuracy, test_accuracy)`, floats in [0, 1]; 0 where there is no vote.
        A code without training votes stands for the first factor.

    Source: Kim & Mnih 2018 (arXiv:1802.05983), section 4.
    """
    majority = np.argmax(train, axis=0)
    codes = np.arange(train.shape[1])
    return tuple(
        float(votes[majority, codes].sum() / max(votes.sum(), 1))
        for votes in (train, test)
    )


def _draw(dataset, settings, seed):
    """Image indices `(variance_points,)`, `(votes, images)`, and each vote's factor."""
    *images, labels = draw_images_and_batches(
        np.random.default_rng(seed),
        dataset,
        [list(dataset.factor_names).index(n) for n in settings["factor_names"]],
        settings["variance_points"],
        settings["train_points"] + settings["test_points"],
        settings["images_per_vote"],
        settings["image_pool"],
    )
    require_two_answers(labels[: settings["train_points"]])
    return *images, labels


def _variances(encode, dataset, variance_images, vote_images, batch_size, progress):
    """Each code's variance over the data set and in each batch, and the sizes."""
    encode, count = with_known_codes(
        encode, dataset, [variance_images, vote_images], batch_size, progress
    )
    codes, _ = reduce_codes(
        encode, dataset, variance_images[:, None], _only_image, batch_size
    )
    in_batches, sizes = reduce_codes(
        encode, dataset, vote_images, _batch_variances, batch_size, progress
    )
    overall = variance_of_codes(codes, ddof=1)
    return overall, in_batches, {**sizes, "distinct_images": count}


def _only_image(codes):
    return codes[:, 0]


def _batch_variances(codes):
    return variance_of_codes(codes, ddof=1)


def _parts_of_votes(in_batches, overall, labels, settings):
    factors, codes = len(settings["factor_names"]), overall.size
    split = settings["train_points"]
    if codes:
        votes = least_varying_codes(in_batches, overall)
        train, test = (
            vote_table(labels[part], votes[part], factors, codes)
            for part in (slice(split), slice(split, None))
        )
    else:
        train = test = np.zeros((factors, 0), dtype=np.int64)
    accuracies = majority_accuracies(train, test)
    return {
        **dict(zip(("train_accuracy", "eval_accuracy"), accuracies, strict=True)),
        "votes_train": train,
        "votes_eval": test,
    }
