import matplotlib.figure
import pytest
from numbered_run import Squares
from small_model import small_model

import keras_bvae as kb

RECORD = {
    "metric": "mig",
    "parts": {"mutual_information": [[0.11, 0.22], [0.33, 0.0]]},
    "settings": {"factor_names": ["shape", "scale"]},
}


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_a_records_table_is_drawn_with_its_labels():
    figure = kb.figures.heat_maps([RECORD], title="a run", lines=("dsprites",))
    assert isinstance(figure, matplotlib.figure.Figure)
    drawn = texts(figure)
    wanted = {"a run", "dsprites", "shape", "scale", "z0", "z1", "0.11", "0.22", "0.33"}
    assert wanted <= set(drawn)


def test_what_evaluate_representation_returns_can_be_drawn():
    model, dataset = small_model(), Squares()
    scores = kb.metrics.evaluate_representation(
        lambda images: model.encode(images)[0], dataset, ["mig"]
    )
    assert {"row", "column", "z2"} <= set(texts(kb.figures.heat_maps(scores)))


def test_records_without_a_table_are_refused():
    with pytest.raises(ValueError, match="mig or dci; received records of sap"):
        kb.figures.heat_maps([{"metric": "sap", "parts": {}, "settings": {}}])
    with pytest.raises(ValueError, match="received records of nothing"):
        kb.figures.heat_maps([])
