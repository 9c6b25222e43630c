import numpy as np

from keras_bvae.models import model_rules as rules


def test_a_target_is_made_only_where_weights_lack_one():
    x = np.zeros((5, 2))
    assert rules.placeholder_target(x, None, None) is None
    assert rules.placeholder_target(x, "y", "w") == "y"
    assert rules.placeholder_target(x, None, np.ones(5)).shape == (5, 0)


def test_validation_data_of_other_forms_is_left_alone():
    x = np.zeros((5, 2))
    assert rules.weighted_validation(x) is x
    assert rules.weighted_validation((x, x)) == (x, x)
    assert rules.weighted_validation((x, None, np.ones(5)))[1].shape == (5, 0)
