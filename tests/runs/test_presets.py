import pytest

from keras_bvae.networks import NETWORKS
from keras_bvae.runs.presets import PRESETS
from keras_bvae.runs.settings import Settings

# Nothing here knows a backend; the papers' numbers are in test_settings.py.
pytestmark = pytest.mark.across_backends


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_made_of_settings(preset):
    made = Settings(**PRESETS[preset]).to_dict()
    assert {name: made[name] for name in PRESETS[preset]} == PRESETS[preset]
    assert made["network"] in NETWORKS
