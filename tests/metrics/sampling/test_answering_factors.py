import re

import numpy as np
import pytest
from factor_pixels import FactorPixels, NoFactors

from keras_bvae.datasets import load
from keras_bvae.datasets.factors import FactorTable
from keras_bvae.metrics import beta_vae_settings
from keras_bvae.metrics.sampling.answering_factors import (
    answering_factors,
    answering_settings,
    protocol_factors,
    require_two_answers,
)

pytestmark = pytest.mark.filterwarnings("error")

PUBLISHED = {"paper": {"factor_names": None, "image_pool": None, "pairs": 64}}


def settings(dataset=None, protocol="paper", seed=0, **changes):
    dataset = dataset or FactorPixels(("a", "b", "c"), (3, 1, 4))
    return answering_settings("It", PUBLISHED, dataset, protocol, seed, changes)


def test_all_factors_that_vary_may_be_the_answer():
    name, full = settings()
    assert name == "paper"
    assert full == {"factor_names": ("a", "c"), "image_pool": None, "pairs": 64}


def test_a_change_makes_it_custom():
    name, full = settings(pairs=8, factor_names=["c", "a"])
    assert name == "custom"
    assert full == {"factor_names": ("c", "a"), "image_pool": None, "pairs": 8}


def test_a_data_set_that_lacks_combinations_needs_a_pool():
    table = FactorTable(("a", "b"), np.array([[0, 0], [0, 1], [1, 0]]))
    dataset = FactorPixels(("a", "b"), factor_space=table)
    with pytest.raises(ValueError, match="received factor_pixels, which lacks some"):
        settings(dataset)
    assert settings(dataset, image_pool=50)[1]["image_pool"] == 50


@pytest.mark.parametrize("seed", [-1, None, 0.5, True])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(ValueError, match=re.escape(f"received seed={seed!r}")):
        settings(seed=seed)


def test_factors_must_exist():
    with pytest.raises(ValueError, match="no_factors"):
        settings(NoFactors())


def test_the_metric_says_that_it_needs_two_factors():
    with pytest.raises(ValueError, match=r"^It must have at least two .* among a, b"):
        answering_factors("It", FactorPixels(("a", "b"), (5, 1)), None)
    with pytest.raises(ValueError, match="received 0 among none"):
        settings(factor_names=())


@pytest.mark.parametrize("names", [("a", "d"), ("a", "a")])
def test_names_that_are_not_different_factors_are_refused(names):
    received = f"received {', '.join(names)}, while factor_pixels has a, b, c"
    with pytest.raises(ValueError, match=received):
        settings(factor_names=names)


def test_one_label_for_all_points_is_refused():
    require_two_answers(np.array([0, 2]))
    with pytest.raises(ValueError, match="received 3 that all fixed the same one"):
        require_two_answers(np.array([2, 2, 2]))


class Published(FactorPixels):
    """Factors a, b, c, of which the paper's code scores a and c, or b and c alone."""

    published_factors = (("a", "c"), ("c", "b"))


@pytest.mark.parametrize(
    ("names", "sizes", "expected", "name"),
    [
        (("a", "b", "c"), (3, 2, 4), ("a", "c"), "paper"),
        (("b", "c"), (2, 4), ("b", "c"), "paper"),
        (("a", "b", "c"), (3, 2, 1), ("a",), "custom"),
        (("d", "e"), (2, 2), (), "custom"),
    ],
)
def test_a_published_set_is_scored_by_the_papers_factors(names, sizes, expected, name):
    dataset = Published(names, sizes)
    assert protocol_factors(dataset) == (expected, name == "paper")
    if len(expected) > 1:
        assert settings(dataset)[0] == name
        assert settings(dataset)[1]["factor_names"] == expected


def test_a_factor_of_the_protocol_that_is_held_still_makes_it_custom():
    published = {"paper": {"factor_names": ("a", "b", "c"), "image_pool": None}}
    dataset = FactorPixels(("a", "b", "c"), (3, 1, 4))
    name, full = answering_settings("It", published, dataset, "paper", 0, {})
    assert (name, full["factor_names"]) == ("custom", ("a", "c"))


@pytest.mark.parametrize(
    ("changes", "name", "count"),
    [
        ("", "locatello2019", 5),
        ("+noise", "locatello2019", 5),
        ("+correlate=scale:position_x:0.2", "locatello2019", 5),
        # Their dSprites-noshape.
        ("+hide=shape", "locatello2019", 4),
        ("+hide=scale", "custom", 4),
        ("+fix=shape:0", "custom", 4),
        ("+fix=shape:0+color", "custom", 4),
    ],
)
def test_changed_dsprites_keep_the_name_while_they_are_the_papers(changes, name, count):
    dataset = load(f"dsprites{changes}")
    found = beta_vae_settings(dataset)
    assert (found[0], len(found[1]["factor_names"])) == (name, count)
