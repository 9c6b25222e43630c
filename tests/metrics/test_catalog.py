import inspect

import numpy as np
import pytest
from factor_pixels import FactorPixels, NoFactors, standardised_factors

from keras_bvae import metrics
from keras_bvae.metrics import dci, mutual_information_gap
from keras_bvae.metrics.catalog import ALL, METRICS
from keras_bvae.metrics.sampling.array_sample import array_sample

SIZES = (3, 4, 5)


def dataset():
    return FactorPixels(names=("a", "b", "c"), sizes=SIZES)


def encode(images):
    return standardised_factors(images, SIZES).astype("float32")


SMALL = {
    name: {"train_points": 40, "test_points": 20}
    if not metric.pools_images
    else {"image_pool": 60, "train_points": 100, "test_points": 50}
    for name, metric in METRICS.items()
}


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_scores_a_perfect_representation(name):
    settings = SMALL[name]
    METRICS[name].settings(dataset(), "locatello2019", 0, **settings)
    score = METRICS[name].score(
        encode, dataset(), "locatello2019", 0, progress=None, **settings
    )
    assert isinstance(score, metrics.Score)
    assert np.isfinite(score.score)
    assert score.protocol in ("custom", "burda2016")
    assert score.seed == 0
    assert score.settings["dataset"] == dataset().name
    assert score.settings["latent_dim"] == 3
    assert score.settings["factor_names"] == ("a", "b", "c")
    if METRICS[name].needs_factors and name not in ("sap", "explicitness"):
        assert score.score > 0.9


def test_a_metric_of_arrays_gets_the_sample():
    sample = array_sample(dataset(), 40, 20, seed=5)
    codes = encode(dataset().images_at(sample.indices))
    train, test = (
        (codes[part], sample.factors[part]) for part in (slice(40), slice(40, None))
    )
    by_name = {
        name: METRICS[name].score(
            encode, dataset(), seed=5, train_points=40, test_points=20
        )
        for name in ("mig", "dci")
    }
    assert by_name["mig"].score == mutual_information_gap(*train).score
    assert by_name["dci"].score == dci(*train, *test).score


def test_codes_are_the_means_of_the_asked_images_only():
    seen = []

    def counted(images):
        seen.append(len(images))
        return encode(images)

    METRICS["mig"].score(counted, dataset(), train_points=30, test_points=10)
    assert sum(seen) == 40


@pytest.mark.parametrize("name", METRICS)
def test_the_quick_form_is_made_of_settings_it_knows(name):
    METRICS[name].settings(dataset(), "locatello2019", 0, **METRICS[name].quick)


@pytest.mark.parametrize("name", METRICS)
def test_what_needs_factors_says_so(name):
    if METRICS[name].needs_factors:
        with pytest.raises(ValueError, match="needs the factors"):
            METRICS[name].settings(NoFactors(), "locatello2019", 0)
    else:
        METRICS[name].settings(NoFactors(), "locatello2019", 0)


def test_a_data_set_in_which_nothing_varies_is_named():
    constant = FactorPixels(names=("a", "b"), sizes=(1, 1))
    with pytest.raises(ValueError, match="MIG needs a factor with two values or more"):
        METRICS["mig"].settings(constant)


def test_unknown_settings_and_protocols_are_named():
    with pytest.raises(ValueError, match=r"takes the settings .* received bins"):
        METRICS["mig"].settings(dataset(), bins=10)
    with pytest.raises(ValueError, match=r"MIG is defined by .*='higgins2017'"):
        METRICS["mig"].settings(dataset(), "higgins2017")


def test_all_is_the_metrics_whose_published_numbers_compare():
    assert set(ALL) <= set(METRICS)
    assert not any("quick" in name or "adjusted" in name for name in ALL)


def test_labels_are_different():
    labels = [metric.label for metric in METRICS.values()]
    assert len(set(labels)) == len(labels)


def test_no_metric_imports_keras():
    from keras_bvae.metrics import catalog

    assert "import keras\n" not in inspect.getsource(catalog)


@pytest.mark.parametrize(
    ("published", "names", "protocol"),
    [
        (None, ("a", "b", "c"), "locatello2019"),
        ((("a", "c"),), ("a", "c"), "locatello2019"),
        ((("a", "b", "d"),), ("a", "b"), "custom"),
    ],
)
def test_a_protocols_name_stands_for_its_factors_too(published, names, protocol):
    data = FactorPixels(names=("a", "b", "c"), sizes=(30, 30, 20))
    data.published_factors = published
    score = METRICS["mig"].score(lambda images: images[:, 0, :, 0] / 10.0, data)
    assert (score.settings["factor_names"], score.protocol) == (names, protocol)
    assert score.parts["mutual_information"].shape == (3, len(names))
    without = METRICS["unsupervised"].score(lambda images: images[:, 0, :, 0], data)
    assert without.protocol == "locatello2019"
