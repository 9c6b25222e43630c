import numpy as np
import pytest

from keras_bvae.models import training_arguments as arguments


def test_a_target_is_made_only_where_weights_lack_one():
    x = np.zeros((5, 2))
    assert arguments._placeholder_target(x, None, None) is None
    assert arguments._placeholder_target(x, "y", "w") == "y"
    assert arguments._placeholder_target(x, None, np.ones(5)).shape == (5, 0)


def test_validation_data_of_other_forms_is_left_alone():
    x = np.zeros((5, 2))
    assert arguments._weighted_validation(x) is x
    assert arguments._weighted_validation((x, x)) == (x, x)
    assert arguments._weighted_validation((x, None, np.ones(5)))[1].shape == (5, 0)


@pytest.mark.parametrize("name", ["loss", "metrics", "weighted_metrics"])
def test_a_second_objective_is_named(name):
    with pytest.raises(ValueError, match=f"takes no `{name}`; received {name}='mse'"):
        arguments._require_own_objective({name: "mse"})
