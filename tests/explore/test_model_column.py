import numpy as np
import pytest

from keras_bvae.explore import model_content
from keras_bvae.explore.latent_explorer import LatentExplorer
from keras_bvae.explore.model_column import add_model_column

gradio = pytest.importorskip("gradio", reason="needs Gradio, of the extra `explore`")
WHITE = np.full((8, 8, 1), 255, np.uint8)


@pytest.fixture
def column(model):
    explorer = LatentExplorer(model, WHITE[None], "bright")
    with gradio.Blocks(analytics_enabled=False):
        return add_model_column(gradio, explorer, WHITE)


def folded(component):
    """Whether a component lies in an accordion that is closed."""
    while component is not None:
        if isinstance(component, gradio.Accordion):
            return not component.open
        component = component.parent
    return False


def test_sliders_stand_in_the_order_of_kl_and_dead_ones_are_folded_away(column):
    labels = [slider.label for slider in column.sliders]
    assert labels == ["z1 · 2.00 nats", "z0 · 0.12 nats", "z2 · 0.00 nats"]
    assert [folded(slider) for slider in column.sliders] == [False, False, True]
    assert [slider.value for slider in column.sliders] == [2.0, 0.5, 0.0]
    assert len(column.strips) == 2


def test_an_update_has_a_value_for_every_part(column):
    content = model_content.content_of_code(column.explorer, [0, 4.5, 0])
    updates = column.updates(content)
    assert len(updates) == len(column.changing)
    slider = updates[column.changing.index(column.sliders[0])]
    assert (slider["value"], slider["minimum"], slider["maximum"]) == (4.5, -5, 5)
    picture = updates[column.changing.index(column.picture)]
    assert picture == content.picture


def test_a_model_whose_latents_are_all_dead_shows_them(model):
    explorer = LatentExplorer(model, np.zeros((1, 8, 8, 1), np.uint8), "dark")
    with gradio.Blocks(analytics_enabled=False):
        column = add_model_column(gradio, explorer, WHITE)
    assert not column.strips
    assert not any(folded(slider) for slider in column.sliders)
