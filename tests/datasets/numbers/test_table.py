import numpy as np
import pytest

from keras_bvae.datasets import load

PEOPLE = """name,sex,age,class,city
Ann,f,31,1,Rome
Bob,m,45,2,Oslo
Cid,m,22,1,Rome
Dot,f,67,3,Bern
"""


@pytest.fixture
def people(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE)
    return path


def test_columns_are_numbers_factors_categories_or_nothing(people):
    dataset = load(f"table:{people}+factors=sex,class+categorical=city+drop=name")
    assert dataset.kind == "table"
    assert dataset.factor_names == ("sex", "class")
    assert dataset.factor_values == {"sex": ("f", "m"), "class": ("1", "2", "3")}
    assert dataset.channel_names == ("age", "city=Bern", "city=Oslo", "city=Rome")
    assert dataset.categories == (3,)
    assert dataset.unscaled_columns == 3
    rows = dataset.images_at([0, 3])
    assert rows.dtype == np.float32
    np.testing.assert_array_equal(rows, [[31, 0, 0, 1], [67, 1, 0, 0]])
    assert dataset.factors_at([3]).tolist() == [[0, 2]]
    assert "4 rows of 4 numbers" in dataset.summary()
    assert "categories: city 3" in dataset.summary()


def test_parts_know_the_columns_too(people):
    part = load(f"table:{people}+factors=sex+drop=name,city+train=0.5:1")
    assert len(part) == 2
    assert part.channel_names == ("age", "class")
    assert part.factor_values == {"sex": ("f", "m")}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ("", "columns name .'Ann', ….*hold text. Write .factors=name"),
        ("+drop=name,sex,city,age,class", "must have a column to learn"),
        ("+drop=nme", "A column must be one of name, sex, age, .*received 'nme'"),
        ("+drop=name+factors=name", "received 'name' twice"),
        ("+drop=", "must be followed by names of columns"),
        ("+drop=name,sex,city+stride=2", "goes with .window"),
        ("+drop=name,sex,city+window=9", "received window=9 for 4 rows .*Use 4"),
        ("+drop=name,sex,city+window=1", "must be a whole number >= 2"),
        ("+drop=name,sex,city+window=x", "followed by a number of rows"),
        ("+drop=name,city+window=3+factors=sex", "no factor changes.* for 2 rows"),
    ],
)
def test_what_does_not_fit_is_one_sentence(people, changes, said):
    with pytest.raises(ValueError, match=said):
        load(f"table:{people}{changes}")


def test_missing_values_are_named_and_counted(tmp_path):
    path = tmp_path / "gaps.csv"
    path.write_text("a,b,c,d\n1,,x,1\n,2,y,2\n3,,,3\n")
    with pytest.raises(ValueError, match=r"a \(1\), b \(2\), c \(1\)\. .*\+drop=a"):
        load(f"table:{path}")
    assert load(f"table:{path}+drop=a,b,c").image_shape == (1,)


def sensor(folder, minutes):
    path = folder / "sensor.csv"
    rows = [f"{t},{t * 10},{'walk' if t < 5 else 'sit'}" for t in range(minutes)]
    path.write_text("x,y,activity\n" + "\n".join(rows))
    return path


def test_windows_are_series_in_which_no_factor_changes(tmp_path):
    path = sensor(tmp_path, 11)
    series = load(f"table:{path}+window=3+factors=activity")
    assert series.kind == "series"
    assert series.image_shape == (3, 2)
    assert series.channel_names == ("x", "y")
    starts = series.images_at(np.arange(len(series)))[:, 0, 0]
    assert starts.tolist() == [0, 5, 8]  # not 3, which sits down
    assert series.factors_at([0, 1, 2]).tolist() == [[1], [0], [0]]
    overlapping = load(f"table:{path}+window=3+stride=1+drop=activity")
    assert len(overlapping) == 9
    assert "series, 3 moments of 2 channels" in series.summary()


def test_a_time_that_float32_cannot_tell_is_refused(tmp_path):
    path = tmp_path / "times.csv"
    path.write_text("time,x\n" + "".join(f"{1.7e9 + t},{t}\n" for t in range(60)))
    with pytest.raises(ValueError, match=r"column 'time', which lies around 1\.7e\+09"):
        load(f"table:{path}")
    path.write_text("x\n" + "1e39\n2\n")
    with pytest.raises(ValueError, match="must fit into float32"):
        load(f"table:{path}")


def test_a_table_to_be_named_by_its_source(tmp_path, monkeypatch):
    path = sensor(tmp_path, 3)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=f"Write table:{path.name}"):
        load(path.name)
    with pytest.raises(ValueError, match="is for images"):
        load(f"table:{path.name}+drop=activity", image_size=64)
