import os
import re

import h5py
import numpy as np
import pytest
from norb_matrix import matrix_bytes
from official_cars import write_folder
from PIL import Image

from keras_bvae.datasets.digits import Digits
from keras_bvae.datasets.sources import open_source
from keras_bvae.errors import Unusable


@pytest.fixture
def colors(tmp_path):
    """A file of five colour images of 8 x 8."""
    path = tmp_path / "colors.npy"
    rng = np.random.default_rng(0)
    np.save(path, rng.integers(2, 256, (5, 8, 8, 3), dtype=np.uint8))
    return f"array:{path}"


def write_official_file(kind, folder):
    """A small data set in the format of its kind; returns what follows the colon."""
    rng = np.random.default_rng(0)
    if kind == "shapes3d":
        labels = np.stack(np.unravel_index(np.arange(64), (2,) * 6), axis=1)
        images = rng.integers(0, 256, (64, 64, 64, 3), dtype=np.uint8)
        with h5py.File(folder / "3dshapes.h5", "w") as file:
            file.create_dataset("images", data=images, compression="gzip")
            file["labels"] = labels.astype(float)
        return folder / "3dshapes.h5"
    if kind == "mpi3d":
        images = rng.integers(0, 256, (2, 1, 2, 1, 1, 2, 3, 64, 64, 3), dtype=np.uint8)
        np.savez(folder / "toy.npz", images=images)
        return folder / "toy.npz"
    if kind == "cars3d":
        write_folder(folder / "cars", ["car_001_mesh", "car_002_mesh"])
        return folder / "cars"
    for part, digits in (("training", "46789"), ("testing", "01235")):
        stem = f"smallnorb-5x{digits}x9x18x6x2x96x96-{part}"
        photographs = rng.integers(0, 256, (4, 2, 96, 96), dtype=np.uint8)
        info = np.array([[int(part == "testing"), e, 2 * e, 0] for e in range(4)])
        (folder / f"{stem}-dat.mat").write_bytes(matrix_bytes(photographs))
        (folder / f"{stem}-cat.mat").write_bytes(
            matrix_bytes(np.arange(4, dtype=np.int32))
        )
        (folder / f"{stem}-info.mat").write_bytes(matrix_bytes(info.astype(np.int32)))
    return folder


def test_a_source_is_the_data_set_it_names():
    assert open_source("dsprites").factor_sizes == (3, 6, 40, 32, 32)
    assert open_source("digits", [("size", "16")]).image_shape == (16, 16, 1)


def test_options_reach_the_source(colors):
    assert open_source(colors).image_shape == (8, 8, 3)
    options = [("grey", None), ("size", "16")]
    assert open_source(colors, options).image_shape == (16, 16, 1)
    assert open_source(colors, image_size=12).image_shape == (12, 12, 3)


@pytest.mark.parametrize(
    ("source", "options", "said"),
    [
        ("dsprites", [("grey", None)], "+grey is for tfds, images, array; received it"),
        ("digits", [("skip-corrupt", None)], "+skip-corrupt is for images; received"),
        ("digits", [("size", None)], "+size must be followed by a number of pixels"),
        ("digits", [("size", "big")], "received +size=big. Write +size=64."),
        ("digits", [("size", "0")], "received +size=0."),
        ("images:.", [("range", "5")], "received +range=5. Write +range=0:4095."),
        ("images:.", [("on", None)], "black or white; received +on. Write +on=white."),
        ("images:.", [("max-pixels", "0")], "number of pixels; received +max-pixels=0"),
        ("digits", [("range", "0:9")], "+range is for images; received it with digits"),
        (
            "images:.",
            [("fit", "cut")],
            "+fit takes pad, stretch or crop; received +fit=",
        ),
        ("images:.", [("folders", None)], "+folders takes factor; received +folders."),
        (
            "array:.",
            [("channels", "2")],
            "+channels takes 1, 3 or 4; received +channel",
        ),
        (
            "array:.",
            [("folders", "factor")],
            "+folders is for images; received it with",
        ),
        ("digits", [("fit", "pad")], "+fit is for tfds, images, array; received it wi"),
        (
            "digits",
            [("size", "48x32")],
            "are for tfds, images, array; received +size=4",
        ),
        (
            "dsprites",
            [("size", "48x32")],
            "for dsprites, 64 x 64; received image_size=(",
        ),
        (
            "images:.",
            [("size", "9x999")],
            "8 … 512 pixels, or two, (height, width); rec",
        ),
        ("images:.", [("grey", "3")], "+grey takes no value; received +grey=3."),
        ("dsprites", [("size", "32")], "own for dsprites, 64 x 64; received image_siz"),
    ],
)
def test_options_that_do_not_fit_are_refused(source, options, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        open_source(source, options)


def test_proportions_and_folders_reach_the_source(tmp_path, colors):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        Image.new("RGB", (9, 9), "red").save(tmp_path / name / "1.png")
    options = [("size", "48x32"), ("fit", "pad"), ("channels", "4")]
    with pytest.warns(RuntimeWarning, match="all alike"):
        dataset = open_source(f"images:{tmp_path}", [*options, ("folders", "factor")])
    assert dataset.image_shape == (32, 48, 4)
    assert dataset.factor_names == ("folder",)
    assert (dataset.images_at([0])[0, 0, [0, 24]] == [[0] * 4, [255, 0, 0, 255]]).all()
    assert open_source(colors, options).image_shape == (32, 48, 4)
    assert open_source(colors, image_size=[32, 48]).image_shape == (32, 48, 3)
    assert open_source("digits", [("size", "16x16")], (16, 16)).image_shape[0] == 16


def test_two_sizes_are_refused():
    with pytest.raises(ValueError, match=r"image_size=32 and \+size=16"):
        open_source("digits", [("size", "16")], 32)
    assert open_source("digits", [("size", "16")], 16).image_shape == (16, 16, 1)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("dsprits", "received 'dsprits'. Did you mean dsprites?"),
        ("dsprit:a.npz", "Did you mean dsprites:FILE.npz?"),
        ("Digits", "Did you mean digits?"),
        ("image:here", "Did you mean images:DIR?"),
        ("shapes3d", "Did you mean shapes3d:3dshapes.h5?"),
        ("digits:8", "Did you mean digits?"),
        ("holiday", "Use dsprites to begin with."),
        ("", "Use dsprites to begin with."),
        ("images:", "images: must be followed by a path; received 'images:'. Write im"),
        ("tfds:", "tfds: must be followed by a name; received 'tfds:'. Write tfds:NAM"),
    ],
)
def test_what_is_no_source_is_refused(source, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        open_source(source)


@pytest.mark.parametrize(
    ("kind", "count", "shape", "factors"),
    [
        ("shapes3d", 64, (64, 64, 3), 6),
        ("mpi3d", 24, (64, 64, 3), 7),
        ("cars3d", 192, (64, 64, 3), 3),
        ("smallnorb", 8, (64, 64, 1), 5),
    ],
)
def test_official_files_are_found_by_their_kind(tmp_path, kind, count, shape, factors):
    name = f"{kind}:{write_official_file(kind, tmp_path)}"
    dataset = open_source(name)
    assert dataset.name == name
    assert (len(dataset), dataset.image_shape) == (count, shape)
    assert len(dataset.factor_names) == factors
    training, held_out = dataset.split(0.25)
    assert len(training) + len(held_out) == count
    np.testing.assert_array_equal(
        held_out.images_at([1]), dataset.images_at(held_out.rows[[1]])
    )


@pytest.mark.parametrize("kind", ["cars3d", "smallnorb"])
def test_those_that_are_resized_take_a_size(tmp_path, kind):
    name = f"{kind}:{write_official_file(kind, tmp_path)}"
    assert open_source(name, [("size", "32")]).image_shape[:2] == (32, 32)


def test_tfds_gets_the_name_and_the_options(monkeypatch):
    asked = []

    class Recorded(Digits):
        def __init__(self, *arguments, **options):
            asked.append((arguments, options))
            super().__init__(options["image_size"])

    monkeypatch.setattr("keras_bvae.datasets.tfds.tfds_images.TFDSImages", Recorded)
    open_source("tfds:celeb_a", [("size", "32"), ("grey", None)])
    assert asked == [(("celeb_a",), {"image_size": 32, "greyscale": True})]


def test_pictures_are_read_as_told(tmp_path):
    Image.fromarray(np.uint16([[0, 4095], [4095, 0]])).save(tmp_path / "a.png")
    options = [("size", "8"), ("range", "0:4095"), ("max-pixels", "4"), ("on", "white")]
    dataset = open_source(f"images:{tmp_path}", options)
    assert dataset.images_at([0]).max() == 255
    with pytest.raises(ValueError, match=r"\+max-pixels=4 allows"):
        open_source(f"images:{tmp_path}", [*options, ("max-pixels", "3")])


def test_corrupt_files_are_skipped_when_told(tmp_path):
    Image.new("RGB", (9, 9), "red").save(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(b"no picture")
    with pytest.raises(ValueError, match=r"b\.png"):
        len(open_source(f"images:{tmp_path}"))
    with pytest.warns(RuntimeWarning, match=r"b\.png"):
        assert len(open_source(f"images:{tmp_path}", [("skip-corrupt", None)])) == 1


@pytest.mark.parametrize("source", ["images:none", "array:none.npy", "cars3d:none"])
def test_a_missing_relative_path_is_told_with_what_it_counts_from(
    source, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    said = re.escape(f"It is looked for from {tmp_path}.")
    with pytest.raises(OSError, match=said):
        open_source(source)
    kind, _, path = source.partition(":")
    with pytest.raises(OSError, match="none") as caught:
        open_source(f"{kind}:{tmp_path / path}")
    assert "looked for" not in str(caught.value)


def test_what_may_not_be_read_is_told(monkeypatch):
    def refuse(*arguments, **options):
        raise PermissionError(13, "Permission denied", "here.npy")

    monkeypatch.setattr("keras_bvae.datasets.numbers.number_array.opened_array", refuse)
    said = "must be readable; received array:here.npy: Permission denied (here.npy)."
    with pytest.raises(Unusable, match=re.escape(said)):
        open_source("array:here.npy")


def test_the_home_of_nobody_is_no_place():
    with pytest.raises(FileNotFoundError, match="received ~nobody-here"):
        open_source("array:~nobody-here/a.npy")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without pipes")
@pytest.mark.parametrize(
    "name",
    ["dsprites:p.npz", "dsprites:p.h5", "shapes3d:p", "mpi3d:p", "cars3d:p", "array:p"],
)
def test_a_pipe_is_not_waited_for(tmp_path, name):
    kind, _, file = name.partition(":")
    os.mkfifo(tmp_path / file)
    with pytest.raises(Unusable, match=r"must be an ordinary file; .* is a pipe"):
        open_source(f"{kind}:{tmp_path / file}")
