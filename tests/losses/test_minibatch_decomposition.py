import functools
import itertools
import re

import keras
import numpy as np
import pytest
from formula_contracts import assert_gradients, assert_values, compiled, evaluated
from scipy import stats
from scipy.special import logsumexp

from keras_bvae.losses import KLDecomposition, minibatch_decomposition
from keras_bvae.losses.minibatch_decomposition import ESTIMATORS

# More images than the batch, few enough that no weight vanishes beside another.
DATASET_SIZE = 23
every_estimator = pytest.mark.parametrize("estimator", ESTIMATORS)


def random_posteriors(batch=5, latent_dim=3, seed=0):
    """Codes, means, log variances; each code drawn from its row's posterior."""
    rng = np.random.default_rng(seed)
    mean, log_variance, noise = rng.normal(0, 0.7, (3, batch, latent_dim))
    codes = mean + np.exp(0.5 * log_variance) * noise
    return [np.float32(array) for array in (codes, mean, log_variance)]


def same_posterior(batch=5, latent_dim=3):
    """Random codes of one posterior that every row shares."""
    codes, mean, log_variance = random_posteriors(batch, latent_dim)
    return codes, mean[[0] * batch], log_variance[[0] * batch]


def distant_posteriors(batch=5, latent_dim=3):
    """Unit posteriors 100 apart in every latent: no code knows another's posterior."""
    mean = np.repeat(100 * np.arange(batch)[:, None], latent_dim, axis=1)
    codes = mean + np.random.default_rng(0).normal(size=mean.shape)
    return np.float32(codes), np.float32(mean), np.zeros_like(codes, "float32")


@functools.cache
def decompose_by(estimator):
    return functools.partial(minibatch_decomposition, estimator=estimator)


def parts_of(inputs, dataset_size=DATASET_SIZE, estimator=ESTIMATORS[0]):
    """Mutual information, total correlation, dimension-wise KL as NumPy arrays."""
    return evaluated(decompose_by(estimator), *inputs, np.float32(dataset_size))


def weight(i, j, batch, dataset_size, estimator):
    """Weight of posterior j in the density of code i: section 3.1, appendix C.2."""
    others = batch - 1
    if estimator == "minibatch_weighted":
        return 1 / (dataset_size * batch)
    if j == i:
        return 1 / dataset_size
    if j == (i + 1) % batch:
        return (dataset_size - others) / (dataset_size * others)
    return 1 / others


def decomposition_by_loops(codes, mean, log_variance, dataset_size, estimator):
    parts = []
    for i, code in enumerate(codes):
        # Row j: log q(z_k | n_j) of each latent k at this code.
        densities = [
            stats.norm.logpdf(code, mean[j], np.exp(0.5 * log_variance[j]))
            for j in range(len(codes))
        ]
        weights = [
            weight(i, j, len(codes), dataset_size, estimator) for j in range(len(codes))
        ]
        joint = logsumexp([density.sum() for density in densities], b=weights)
        marginals = sum(
            logsumexp([density[k] for density in densities], b=weights)
            for k in range(len(code))
        )
        prior = stats.norm.logpdf(code).sum()
        parts.append((densities[i].sum() - joint, joint - marginals, marginals - prior))
    return tuple(np.transpose(parts))


@every_estimator
def test_parts_equal_slow_loops_over_the_papers_formula(estimator):
    assert_values(
        decompose_by(estimator),
        lambda *x: decomposition_by_loops(*x, estimator),
        [*random_posteriors(), np.float32(DATASET_SIZE)],
        atol=1e-5,  # differences of log densities of some ten nats
    )


@every_estimator
def test_gradients_of_the_parts(estimator):
    assert_gradients(
        lambda *x: minibatch_decomposition(*x, DATASET_SIZE, estimator),
        lambda *x: decomposition_by_loops(*x, DATASET_SIZE, estimator),
        random_posteriors(batch=4, latent_dim=2),
    )


def test_parts_are_named():
    decompose = compiled(decompose_by("minibatch_stratified"))
    parts = decompose(*random_posteriors(), np.float32(DATASET_SIZE))
    assert isinstance(parts, KLDecomposition)
    assert all(tuple(part.shape) == (5,) for part in parts)


@every_estimator
@pytest.mark.parametrize("batch", [1, 2, 5])
def test_parts_sum_to_the_one_sample_kl(estimator, batch):
    codes, mean, log_variance = random_posteriors(batch)
    parts = parts_of([codes, mean, log_variance], estimator=estimator)
    posterior = stats.norm.logpdf(codes, mean, np.exp(0.5 * log_variance))
    expected = (posterior - stats.norm.logpdf(codes)).sum(axis=1)
    np.testing.assert_allclose(sum(parts), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_stratified_weights_of_a_row_sum_to_one(batch):
    """With one posterior for all, q(z) is that posterior only if the weights do."""
    mi, tc, _ = parts_of(same_posterior(batch))
    np.testing.assert_allclose([mi, tc], 0, atol=5e-6)  # of densities of ten nats


def test_stratified_densities_are_unbiased():
    """The average over all batches of 3 that hold image 0, out of 4, is q(z)."""
    codes, mean, log_variance = random_posteriors(4)
    pairs = stats.norm.logpdf(codes[0], mean, np.exp(0.5 * log_variance)).sum(axis=1)
    estimates = []
    for others in itertools.permutations([1, 2, 3], 2):
        rows = [0, *others]
        mi, _, _ = parts_of([codes[rows], mean[rows], log_variance[rows]], 4)
        estimates.append(np.exp(pairs[0] - mi[0]))
    np.testing.assert_allclose(np.mean(estimates), np.exp(pairs).mean(), rtol=1e-5)


# By hand: q(z) is the one posterior, or q(z|x) / N where it is far from all others, and
# so is every marginal; the weighted estimate is 1/N and 1/batch of that.
@pytest.mark.parametrize(
    ("posteriors", "estimator", "factor"),
    [
        (distant_posteriors, "minibatch_stratified", DATASET_SIZE),
        (distant_posteriors, "minibatch_weighted", 5 * DATASET_SIZE),
        (same_posterior, "minibatch_weighted", DATASET_SIZE),
    ],
)
def test_estimates_where_posteriors_are_far_apart_or_equal(
    posteriors, estimator, factor
):
    mi, tc, _ = parts_of(posteriors(), estimator=estimator)
    np.testing.assert_allclose(mi, np.log(factor), rtol=1e-5)
    np.testing.assert_allclose(tc, 2 * np.log(factor), rtol=1e-5)


def gaussian_codes(covariance, posterior_variance, batch, seed=0):
    """Codes, means, log variances whose aggregate posterior is N(0, covariance).

    Means and noise are whitened together, so that the codes have the covariance exactly
    and the sample adds no error of its own to an average log density ratio.
    """
    latent_dim = len(covariance)
    draws = np.random.default_rng(seed).normal(size=(batch, 2 * latent_dim))
    draws -= draws.mean(axis=0)
    draws = draws @ np.linalg.inv(np.linalg.cholesky(draws.T @ draws / batch)).T
    rest = covariance - posterior_variance * np.eye(latent_dim)
    mean = draws[:, :latent_dim] @ np.linalg.cholesky(rest).T
    codes = mean + posterior_variance**0.5 * draws[:, latent_dim:]
    log_variance = np.full_like(mean, np.log(posterior_variance))
    return [np.float32(array) for array in (codes, mean, log_variance)]


@every_estimator
def test_total_correlation_of_a_gaussian(estimator):
    correlation = np.array([[1, 0.6], [0.6, 1]])
    inputs = gaussian_codes(correlation, posterior_variance=0.3, batch=1500)
    _, tc, _ = parts_of(inputs, 1500, estimator)
    expected = -0.5 * np.log(np.linalg.det(correlation))
    # The weighted estimate has 1/N² where 1/N is right: q(z) is too small by N, and
    # both marginals together by N².
    offset = np.log(1500) if estimator == "minibatch_weighted" else 0
    # What remains is 1500 posteriors in place of their continuum: an error of 0.0005
    # on average over 20 seeds, 0.0016 at most.
    np.testing.assert_allclose(tc.mean() - offset, expected, atol=0.003)


@every_estimator
def test_distant_codes_stay_finite(estimator):
    codes, mean, log_variance = random_posteriors()
    parts = parts_of([codes + 1e4, mean, log_variance - 5], estimator=estimator)
    assert np.isfinite(parts).all()


@every_estimator
@pytest.mark.parametrize("size", [1, 3, 737280])
def test_sizes_from_below_the_batch_to_millions_stay_finite(estimator, size):
    assert np.isfinite(parts_of(random_posteriors(), size, estimator)).all()


@pytest.mark.parametrize("size", [keras.Variable(23.0), 23])
def test_size_may_be_a_variable_or_a_number(size):
    inputs = random_posteriors()
    found = evaluated(lambda *x: minibatch_decomposition(*x, size), *inputs)
    np.testing.assert_allclose(found, parts_of(inputs, 23), rtol=1e-6)


def test_unknown_estimator_is_named():
    with pytest.raises(ValueError, match=re.escape("received estimator='mws'")):
        minibatch_decomposition(*random_posteriors(), DATASET_SIZE, "mws")


@pytest.mark.parametrize("size", [0, -5, float("nan"), float("inf")])
def test_impossible_sizes_are_named(size):
    with pytest.raises(ValueError, match=re.escape(f"dataset_size={size!r}")):
        minibatch_decomposition(*random_posteriors(), size)


def test_decomposition_reports_the_shapes():
    received = "codes.shape=(2, 3), mean.shape=(2, 3), log_variance.shape=(2, 4)"
    with pytest.raises(ValueError, match=re.escape(received)):
        minibatch_decomposition(
            np.zeros((2, 3)), np.zeros((2, 3)), np.zeros((2, 4)), DATASET_SIZE
        )
