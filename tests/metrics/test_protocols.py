import re

import pytest

from keras_bvae.errors import InvalidValue
from keras_bvae.metrics.protocols import BETA_VAE, PROTOCOLS, resolve_protocol


def resolved(protocol="locatello2019", **changes):
    return resolve_protocol(BETA_VAE, protocol, changes)


def test_the_papers_numbers():
    # Locatello et al. 2019, appendix; Higgins et al. 2017, appendix.
    _, settings = resolved("locatello2019")
    assert settings["factor_names"] is None
    assert settings["pairs"] == 64
    assert (settings["train_points"], settings["test_points"]) == (10_000, 5_000)
    _, settings = resolved("higgins2017")
    assert set(settings["factor_names"]) == {
        "position_x",
        "position_y",
        "scale",
        "orientation",
    }
    assert settings["learning_rate"] == 1e-2
    assert settings["classifier_seeds"] == 3


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_unchanged_protocol_keeps_its_name(protocol):
    assert resolved(protocol)[0] == protocol
    assert resolved(protocol, pairs=64)[0] == protocol


def test_a_list_of_the_same_factors_is_no_change():
    names = list(BETA_VAE["higgins2017"]["factor_names"])
    assert resolved("higgins2017", factor_names=names)[0] == "higgins2017"


def test_any_changed_setting_makes_it_custom():
    name, settings = resolved("higgins2017", learning_rate=0.1)
    assert name == "custom"
    assert settings["learning_rate"] == 0.1
    assert settings["pairs"] == BETA_VAE["higgins2017"]["pairs"]


def test_an_unknown_protocol_names_those_that_exist():
    with pytest.raises(ValueError, match=r"'locatello2019', 'higgins2017'.*'higgins'"):
        resolved("higgins")


def test_an_unknown_setting_names_those_that_exist():
    with pytest.raises(ValueError, match=r"one of factor_names, pairs.*received L "):
        resolved(L=64)
    with pytest.raises(ValueError, match="received learning_rate with protocol="):
        resolved("locatello2019", learning_rate=0.1)
    with pytest.raises(ValueError, match="received classifier with protocol="):
        resolved(classifier="adagrad_softmax")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pairs", 0),
        ("train_points", -1),
        ("test_points", 1.5),
        ("image_pool", 0),
        ("iterations", None),
        ("pairs", True),
        ("inverse_regularisation", 0.0),
        ("inverse_regularisation", float("nan")),
    ],
)
def test_a_setting_out_of_range_is_named(name, value):
    with pytest.raises(ValueError, match=re.escape(f"received {name}={value!r}")):
        resolved(**{name: value})


def test_a_negative_tolerance_is_refused():
    with pytest.raises(ValueError, match=r"`tolerance` must .* tolerance=-1"):
        resolved("higgins2017", tolerance=-1)


@pytest.mark.parametrize("value", [5, "shape", [1, 2], {"shape"}, (None,)])
def test_factor_names_are_a_list_of_names(value):
    with pytest.raises(InvalidValue, match="`factor_names` must be a list of names"):
        resolved(factor_names=value)
