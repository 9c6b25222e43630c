import numpy as np

from keras_bvae.pictures.plots import score_maps


def record(metric, part, table):
    return {
        "metric": metric,
        "parts": {part: np.asarray(table).tolist()},
        "settings": {"factor_names": ["shape", "scale"]},
    }


TABLE = [[0.1, 0.2], [0.3, 0.0], [1.0, 0.5]]


def test_the_records_with_tables_become_maps():
    records = [
        record("dci", "importance_matrix", TABLE),
        {"metric": "irs", "parts": {}, "settings": {}},
        record("mig", "mutual_information", TABLE),
    ]
    information, importance = score_maps(records)
    assert "Mutual information" in information.title
    assert "DCI" in importance.title
    assert information.row_labels == ("z0", "z1", "z2")
    assert information.column_labels == ("shape", "scale")
    np.testing.assert_array_equal(importance.table, TABLE)


def test_other_records_have_none():
    assert score_maps([{"metric": "sap", "parts": {}, "settings": {}}]) == []
    assert score_maps([]) == []
