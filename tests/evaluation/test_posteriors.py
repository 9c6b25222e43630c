import numpy as np
import pytest
from numbered_run import Squares
from small_model import small_model, small_model_of

import keras_bvae as kb
from keras_bvae.evaluation import evaluate_model, posteriors
from keras_bvae.evaluation.posteriors import bound_model, decompose_model, rank_models
from keras_bvae.metrics import kl_decomposition


class CountedSquares(Squares):
    """Squares that remember how many images were asked for at a time."""

    def __init__(self):
        super().__init__()
        self.asked = []

    def _images_at(self, indices):
        self.asked.append(len(indices))
        return super()._images_at(indices)


def test_the_bound_lies_between_the_elbo_and_the_likelihood():
    model = small_model(beta=1.0)
    model.fit(Squares().images_at(np.arange(36)), epochs=3, shuffle=False, verbose=0)
    seen = []
    few = bound_model(model, Squares(), images=20, samples=2)
    many = bound_model(
        model,
        Squares(),
        images=20,
        samples=200,
        progress=lambda *counts: seen.append(counts),
    )
    assert seen == [(16, 20), (20, 20)]
    assert many.elbo < many.bound
    assert few.bound < many.bound + 2 * few.standard_error["bound"]
    logs = evaluate_model(model, Squares(), quick=True)
    expected = -(logs["reconstruction"] + logs["kl"])
    assert many.elbo == pytest.approx(expected, abs=6 * many.standard_error["elbo"])
    assert (many.images, many.samples) == (20, 200)


@pytest.mark.across_backends
def test_decomposition_is_that_of_the_posteriors_of_all_images(monkeypatch):
    monkeypatch.setattr(posteriors, "_IMAGES_AT_ONCE", 16)
    model, dataset, calls = small_model(), CountedSquares(), []
    record = decompose_model(
        model, dataset, draws=40, progress=lambda *call: calls.append(call)
    )
    mean, log_variance = model.encode(Squares().images_at(np.arange(36)))
    expected = kl_decomposition(mean, log_variance, draws=40)
    # Batches of 16 and of 36 images go through the network in another order.
    assert record.mutual_information == pytest.approx(
        expected.mutual_information, abs=1e-4
    )
    assert record.total_correlation == pytest.approx(
        expected.total_correlation, abs=1e-4
    )
    assert dataset.asked == [16, 16, 4]
    # 36 images, and a tenth of them for the computation.
    assert calls[:3] == [(16, 39), (32, 39), (36, 39)]
    assert calls[-1] == (39, 39)
    assert calls == sorted(calls)


@pytest.mark.across_backends
def test_decomposition_from_a_sample_knows_the_size_of_the_data_set():
    dataset = CountedSquares()
    record = decompose_model(small_model(), dataset, images=20, draws=10, seed=5)
    assert (record.images, record.dataset_size) == (20, 36)
    assert (record.draws, record.seed) == (10, 5)
    assert sum(dataset.asked) == 20


@pytest.mark.across_backends
def test_a_sample_larger_than_the_data_set_is_the_data_set():
    record = decompose_model(small_model(), Squares(), images=10**6, draws=10)
    assert (record.images, record.dataset_size) == (36, 36)


@pytest.mark.across_backends
def test_numbers_out_of_range_are_refused_before_anything_is_encoded():
    dataset = CountedSquares()
    for wrong in ({"images": 1}, {"draws": 1}):
        with pytest.raises(ValueError, match=r"received (draws=)?1"):
            decompose_model(small_model(), dataset, **wrong)
    assert dataset.asked == []


@pytest.mark.across_backends
def test_models_are_ranked_by_what_they_share():
    models = [small_model(), small_model(), small_model_of(kb.BetaTCVAE)]
    kl = [[1.0, 1.0, 1.0]] * 3
    seen = []
    score = rank_models(
        models, Squares(), kl, progress=lambda *counts: seen.append(counts)
    )
    # The same seed makes the same weights: each of the first two predicts the other.
    assert len(score.parts["model_scores"]) == 3
    assert score.parts["pairwise"][0][1] == pytest.approx(score.parts["pairwise"][1][0])
    assert seen[-1] == (108, 108)
