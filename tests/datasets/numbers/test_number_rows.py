import numpy as np
import pytest

from keras_bvae.datasets.numbers.number_rows import NumberRows


def test_rows_are_kept_in_float32_and_cannot_be_changed():
    rows = NumberRows("mine", np.arange(6.0).reshape(3, 2))
    assert rows.stored_images(1).dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        rows.stored_images(1)[0] = 1


def test_of_what_is_empty_there_is_no_data_set():
    with pytest.raises(ValueError, match=r"received mine, of the shape \(0, 2\)"):
        NumberRows("mine", np.zeros((0, 2)))


def test_blocks_of_categories_are_no_columns_to_tell_apart():
    values = np.column_stack([np.arange(4.0), np.eye(4)[:, :2]])
    rows = NumberRows("mine", values, categories=(2,))
    assert rows.unscaled_columns == 2
