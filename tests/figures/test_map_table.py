import csv
import re
from types import SimpleNamespace

import numpy as np
import pytest
from numbered_run import Squares

from keras_bvae.figures.map_table import require_map_table_path, write_map_table


def test_coordinates_become_a_table(tmp_path):
    points = np.zeros((3, 2))
    points[1] = -1.5, 0.4
    mapped = SimpleNamespace(
        indices=np.array([2, 8, 9]), plane=SimpleNamespace(points=points)
    )
    write_map_table(mapped, Squares(), tmp_path / "a.csv")
    write_map_table(mapped, Squares(), tmp_path / "a.csv")  # an earlier one may go
    head, *rows = csv.reader((tmp_path / "a.csv").read_text().splitlines())
    assert head == ["image", "x", "y", "row", "column"]
    assert rows[1] == ["8", "-1.5", "0.4", "1", "2"]


@pytest.mark.parametrize(
    ("name", "said"), [("a.txt", "must end in .csv"), ("b.csv", "something else")]
)
def test_a_table_replaces_nothing_else(tmp_path, name, said):
    (tmp_path / "b.csv").write_text("my,own\n1,2\n")
    with pytest.raises((ValueError, OSError), match=re.escape(said)):
        require_map_table_path(tmp_path / name)
