import numpy as np
import pytest

from keras_bvae.metrics.sampling.rows_by_value import rows_by_value


def test_rows_with_equal_values_stand_together():
    values = np.array([7, 2, 7, 5, 2, 7])
    rows = rows_by_value(values)
    groups = [
        sorted(rows.order[start : start + count].tolist())
        for start, count in zip(rows.start, rows.count, strict=True)
    ]
    assert groups == [[1, 4], [3], [0, 2, 5]]
    assert rows.group.tolist() == [2, 0, 2, 1, 0, 2]
    assert rows.has_partner.tolist() == [0, 1, 2, 4, 5]


def test_a_pool_without_a_shared_value_is_named():
    with pytest.raises(ValueError, match="received 3 images, all different"):
        rows_by_value(np.array([1, 2, 3]))
