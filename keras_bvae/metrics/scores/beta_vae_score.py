"""The β-VAE metric: can a linear classifier name the factor that two sets share?"""

import time

import numpy as np

from keras_bvae.errors import InvalidValue
from keras_bvae.metrics import protocols
from keras_bvae.metrics.estimators.linear_models import (
    fit_adagrad_softmax,
    fit_logistic_regression,
    softmax_predictions,
)
from keras_bvae.metrics.sampling.answering_factors import (
    answering_settings,
    require_two_answers,
)
from keras_bvae.metrics.sampling.encoding import reduce_codes
from keras_bvae.metrics.sampling.shared_factor import draw_image_pairs
from keras_bvae.metrics.score import Score


def beta_vae_score(
    encode,
    dataset,
    protocol="locatello2019",
    seed=0,
    progress=None,
    batch_size=1024,
    **settings,
):
    """How often a linear classifier tells which factor two sets of images share.

    A point: a factor is drawn; in each of `pairs` pairs of images it is equal and all
    others are free; the feature is the average of |code - code'| over the pairs. The
    classifier learns to name the factor from the feature. If each factor has a code of
    its own, that code stands still, and the classifier is always right.

    Known faults. The score saturates: with 64 pairs and the four factors of
    `higgins2017` even a plain VAE (β = 1) on dSprites gets 98 %. A linear classifier
    combines codes, so a rotation of perfect codes still gets 86 %, far above chance.
    And a representation that has dropped one of K factors can get 100 %: when no code
    stands still, the classifier names the missing one by elimination. Both protocols'
    classifiers also depend on the scale of the codes: with a spread of a hundredth,
    `locatello2019` stops them by its penalty and `higgins2017` by its tolerance before
    they have learned; standardise such codes.

    Protocols. `locatello2019`: the factors of the paper's code on a published data
    set, of others all that vary (see `protocol_factors`), 64 pairs, 10,000 + 5,000
    points, scikit-learn's logistic regression; equal to disentanglement_lib within its
    spread.
    `higgins2017`: four factors of dSprites (shape varies freely and is never the
    answer), softmax classifiers trained by Adagrad, three initialisations; see
    `higgins2017_aggregate` for the paper's number over ten models. The paper prints
    neither L (here 64 pairs) nor the numbers of points, nor when it took the training
    for converged; the classifier learns so slowly that the last one matters.

    Args:
        encode: function, uint8 images `(n, height, width, channels)` to codes
            `(n, latent_dim)`: `lambda images: model.encode(images)[0]`.
        dataset: a data set with factors.
        protocol: str, "locatello2019" or "higgins2017".
        seed: int >= 0, for the draws and the classifiers' first weights.
        progress: None or function `(images encoded, images in all)`.
        batch_size: int, images per call of `encode`; does not change the score.
        **settings: what should differ from the protocol, as named in
            `protocols.BETA_VAE`; the protocol's name is then "custom".
            `image_pool=5000` draws all pairs from 5,000 random images, which costs a
            hundredth of the encoding and moves the score of trained models by about
            0.01; that of codes of a tiny scale, which the classifier hardly learns
            from, by far more.

    Returns:
        `Score`, `.score` the share of test points named correctly, in [0, 1], chance
        1/K. Parts: `train_accuracy`, `eval_accuracy`, `classifier_iterations`, and
        with Adagrad `eval_accuracy_per_classifier`.

    Raises:
        ValueError: no factors, fewer than two that vary, a factor name that the data
            set lacks, an unknown protocol or setting, a value out of range, or
            `encode` returned something else than finite codes, one row per image.

    Source: Higgins et al. 2017 (OpenReview Sy2fzU9gl), section 3 and appendix;
    Locatello et al. 2019 (arXiv:1811.12359), appendix.
    """
    started = time.perf_counter()
    name, settings = beta_vae_settings(dataset, protocol, seed, **settings)
    indices, labels = _draw_points(dataset, settings, seed)
    features, sizes = reduce_codes(
        encode, dataset, indices, _features_of_points, batch_size, progress
    )
    split = settings["train_points"]
    train, test = (features[:split], labels[:split]), (features[split:], labels[split:])
    parts = _CLASSIFIERS[settings["classifier"]](train, test, settings, seed)
    return Score(
        name="beta_vae_score",
        score=parts["eval_accuracy"],
        parts=parts,
        protocol=name,
        settings={**settings, "dataset": dataset.name, **sizes},
        seed=int(seed),
        seconds=time.perf_counter() - started,
    )


def beta_vae_settings(dataset, protocol="locatello2019", seed=0, **settings):
    """The protocol's honest name and its full settings on this data set.

    Raises what `beta_vae_score` raises before it draws or encodes anything, so that a
    long run can ask at its start.

    Returns:
        `(name, settings)`; `settings["factor_names"]` lists the possible answers.
    """
    return answering_settings(
        "The β-VAE metric", protocols.BETA_VAE, dataset, protocol, seed, settings
    )


def difference_features(first, second):
    """Average distance of paired codes, code by code.

    Args:
        first, second: NumPy arrays, shape `(..., pairs, latent_dim)`.

    Returns:
        NumPy array, shape `(..., latent_dim)`: the mean over the pairs of |z - z'|.

    Source: Higgins et al. 2017 (OpenReview Sy2fzU9gl), section 3.
    """
    return np.abs(first - second).mean(-2)


def higgins2017_aggregate(scores):
    """The paper's number: mean and spread of the better half of all scores.

    The paper trained ten models, scored each with three classifiers and discarded the
    worse half of the thirty "to control for the outlier results". For three scores per
    model take `score.parts["eval_accuracy_per_classifier"]`.

    Args:
        scores: floats or `Score` records, in any order; of an odd number the middle
            one is kept.

    Returns:
        `(mean, standard_deviation)` of those kept (ddof 0).

    Raises:
        ValueError: no scores, or some that are no finite numbers.

    Source: Higgins et al. 2017 (OpenReview Sy2fzU9gl), appendix.
    """
    try:
        ranked = np.sort([float(score) for score in scores])
    except (TypeError, ValueError) as error:
        raise _no_scores(repr(scores)) from error
    if not ranked.size or not np.isfinite(ranked).all():
        raise _no_scores("none" if not ranked.size else "some that are not finite")
    kept = ranked[ranked.size // 2 :]
    return float(kept.mean()), float(kept.std())


def _no_scores(received):
    return InvalidValue(
        f"`scores` must be numbers, and one at least; received {received}. Pass the "
        "scores of all models and classifiers together."
    )


def _draw_points(dataset, settings, seed):
    indices, labels = draw_image_pairs(
        np.random.default_rng(seed),
        dataset,
        [list(dataset.factor_names).index(n) for n in settings["factor_names"]],
        settings["train_points"] + settings["test_points"],
        settings["pairs"],
        settings["image_pool"],
    )
    require_two_answers(labels[: settings["train_points"]])
    return indices, labels


def _features_of_points(codes):
    return difference_features(codes[:, 0], codes[:, 1])


def _score_logistic_regression(train, test, settings, seed):
    classifier, iterations = fit_logistic_regression(
        *train, settings["inverse_regularisation"], settings["iterations"]
    )
    return {
        "train_accuracy": float(classifier.score(*train)),
        "eval_accuracy": float(classifier.score(*test)),
        "classifier_iterations": iterations,
    }


def _score_adagrad_softmax(train, test, settings, seed):
    numbers = range(settings["classifier_seeds"])
    weights, iterations = fit_adagrad_softmax(
        *train,
        classes=len(settings["factor_names"]),
        rngs=[np.random.default_rng([seed, number]) for number in numbers],
        learning_rate=settings["learning_rate"],
        iterations=settings["iterations"],
        tolerance=settings["tolerance"],
    )
    right = [
        (softmax_predictions(weights, features) == labels).mean(1)
        for features, labels in (train, test)
    ]
    return {
        "train_accuracy": float(right[0].mean()),
        "eval_accuracy": float(right[1].mean()),
        "classifier_iterations": iterations,
        "eval_accuracy_per_classifier": right[1].tolist(),
    }


_CLASSIFIERS = {
    "logistic_regression": _score_logistic_regression,
    "adagrad_softmax": _score_adagrad_softmax,
}
