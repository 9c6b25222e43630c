import numpy as np
import pytest

from keras_bvae.explore import model_content as content
from keras_bvae.explore.latent_explorer import LatentExplorer


@pytest.fixture
def explorer(model):
    # Sliders stand in the order of KL: z1, z0, z2. See conftest.
    return LatentExplorer(model, np.full((1, 8, 8, 1), 255, np.uint8), "bright")


def test_from_an_image_the_sliders_stand_at_its_code(explorer):
    shown = content.content_of_image(explorer, np.full((8, 8, 1), 255, np.uint8))
    assert shown.positions == [(2.0, 3.0), (0.5, 3.0), (0.0, 3.0)]
    assert shown.pair is not None
    assert len(shown.strips) == 2


def test_a_slider_grows_to_hold_its_code(explorer):
    shown = content.content_of_code(explorer, [0, -6.2, 0])
    assert shown.positions[0] == (-6.2, 7.0)
    assert shown.pair is None


def test_what_is_decoded_is_what_the_sliders_say(explorer, model):
    shown = content.content_of_code(explorer, [0.123456, -1e-9, 2.0])
    assert [position.value for position in shown.positions] == [0.0, 0.12, 2.0]
    assert str(shown.positions[0].value) == "0.0"
    assert model.decoded[-2].tolist() == np.float32([[0.12, 0, 2]]).tolist()


def test_values_in_the_order_of_the_sliders_become_a_code(explorer):
    code = content.code_of(explorer, [1, 2, None])
    assert code.tolist() == [2, 1, 0]


@pytest.mark.parametrize(
    "values",
    [
        (1, 2),
        (1, 2, 3, 4),
        (float("nan"), 0, 0),
        (0, 1e300, 0),
        ("1", 0, 0),
        ([1], 0, 0),
        (True, 0, 0),
    ],
)
def test_what_no_slider_sends_is_refused(explorer, values):
    with pytest.raises(ValueError, match="Sliders give 3 finite numbers; received"):
        content.picture_of(explorer, values)


def test_another_value_gives_another_picture(explorer):
    pictures = {content.picture_of(explorer, (z1, 0, 0)) for z1 in (-1, 0, 1)}
    assert len(pictures) == 3


def test_a_label_gives_the_latent_and_its_nats(explorer):
    # By hand: 2² / 2
    assert content.slider_label(explorer, 1) == "z1 · 2.00 nats"


def test_the_prior_is_drawn_anew_each_time(explorer):
    draws = [content.prior_draw(explorer) for _ in range(2)]
    assert draws[0].shape == (3,)
    assert not np.array_equal(*draws)
    assert content.prior_mean(explorer).tolist() == [0, 0, 0]
