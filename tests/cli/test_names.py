import pytest

from kbvae import names
from keras_bvae import datasets, losses, metrics, networks, representations, schedules
from keras_bvae.latents.code_plane import METHODS
from keras_bvae.losses import reconstruction
from keras_bvae.runs import learning_rates, objectives, settings


@pytest.mark.parametrize(
    ("shown", "known"),
    [
        (names.NETWORKS, networks.NETWORKS),
        (names.PRESETS, settings.PRESETS),
        (names.SCHEDULES, schedules.SCHEDULES),
        (names.ESTIMATORS, losses.ESTIMATORS),
        (names.LIKELIHOODS, losses.LIKELIHOODS),
        (names.MOVING_SCALES, reconstruction.MOVING_SCALES),
        (names.LEARNING_RATE_SCHEDULES, learning_rates.LEARNING_RATE_SCHEDULES),
        (names.OPTIMIZERS, settings.OPTIMIZERS),
        (names.PRECISIONS, settings.PRECISIONS),
        (names.MAP_METHODS, METHODS),
        (names.PROTOCOLS, metrics.PROTOCOLS),
        (names.METRICS, metrics.METRICS),
        (names.ALL_METRICS, metrics.ALL),
        (names.REPRESENTATIONS, representations.NAMES),
    ],
)
def test_the_help_lists_what_the_library_has(shown, known):
    assert set(shown) == set(known)


def test_tables_call_metrics_what_the_library_calls_them():
    labels = {name: metric.label for name, metric in metrics.METRICS.items()}
    assert labels == names.METRICS


def test_the_help_names_data_sets_and_says_where_all_are():
    shown = names.DATASETS.partition(", …")[0].split(", ")
    assert len(shown) > 2
    assert set(shown) <= set(datasets.NAMES)
    assert "`kbvae data`" in names.DATASETS


def test_the_help_shows_the_true_defaults():
    known = settings.Settings().to_dict()
    assert {name: known[name] for name in names.DEFAULTS} == names.DEFAULTS


def test_the_help_shows_kind_words_and_purpose_of_each_option():
    known = {
        name: (option.kind, option.help) for name, option in objectives.OPTIONS.items()
    }
    assert known == names.OPTIONS


def test_the_help_shows_the_options_of_each_objective_with_their_defaults():
    known = {name: entry.options for name, entry in objectives.OBJECTIVES.items()}
    assert known == names.OBJECTIVES
