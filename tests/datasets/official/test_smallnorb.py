import gzip
import itertools
import os
import struct

import numpy as np
import pytest
from norb_matrix import MAGIC, matrix_bytes
from PIL import Image

from keras_bvae.datasets.official.smallnorb import NorbMatrix, SmallNORB
from keras_bvae.errors import InvalidValue, Unusable
from keras_bvae.metrics.sampling.answering_factors import protocol_factors

BYTES, INTEGERS = MAGIC["uint8"], MAGIC["int32"]
# By hand: magic, 2 axes, lengths 2 and 3 and a third that is only there; six numbers.
BY_HAND = struct.pack("<Ii3i6i", INTEGERS, 2, 2, 3, 1, 10, 20, 30, 40, 50, -60)
TRAINING = "smallnorb-5x46789x9x18x6x2x96x96-training"
TESTING = "smallnorb-5x01235x9x18x6x2x96x96-testing"
# Category, instance, elevation, azimuth as stored, lighting; one instance a part.
TRAINING_LABELS = np.array(list(itertools.product([0, 1], [1], [0, 1], [0, 2], [0])))
TESTING_LABELS = np.array(list(itertools.product([0, 1], [0], [0, 1], [0, 2], [0])))


def write(path, content):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wb") as file:
        file.write(content)
    return path


def write_part(folder, part, labels, photographs, packed):
    arrays = {
        "dat": photographs,
        "cat": labels[:, 0].astype(np.int32),
        "info": labels[:, 1:].astype(np.int32),
    }
    for kind, array in arrays.items():
        name = f"{part}-{kind}.mat" + (".gz" if packed else "")
        content = matrix_bytes(array)
        (folder / name).write_bytes(gzip.compress(content) if packed else content)


def photographs(seed):
    return np.random.default_rng(seed).integers(0, 256, (8, 2, 96, 96), np.uint8)


@pytest.fixture(params=[False, True], ids=["unpacked", "packed"])
def folder(request, tmp_path):
    folder = tmp_path / "norb"
    folder.mkdir()
    write_part(folder, TRAINING, TRAINING_LABELS, photographs(0), request.param)
    write_part(folder, TESTING, TESTING_LABELS, photographs(1), request.param)
    return folder


@pytest.mark.parametrize("name", ["a.mat", "a.mat.gz"])
def test_matrix_written_by_hand_is_read(tmp_path, name):
    matrix = NorbMatrix(write(tmp_path / name, BY_HAND))
    assert matrix.shape == (2, 3)
    np.testing.assert_array_equal(matrix.read(), [[10, 20, 30], [40, 50, -60]])
    assert [chunk.tolist() for chunk in matrix.chunks(1)] == [
        [[10, 20, 30]],
        [[40, 50, -60]],
    ]


def test_header_of_four_axes_has_four_lengths(tmp_path):
    content = struct.pack("<Ii4i", BYTES, 4, 1, 2, 1, 3) + bytes(range(6))
    matrix = NorbMatrix(write(tmp_path / "a.mat", content))
    np.testing.assert_array_equal(matrix.read(), [[[[0, 1, 2]], [[3, 4, 5]]]])


def test_only_an_unpacked_file_is_mapped(tmp_path):
    mapped = NorbMatrix(write(tmp_path / "a.mat", BY_HAND)).mapped()
    np.testing.assert_array_equal(mapped, [[10, 20, 30], [40, 50, -60]])
    assert NorbMatrix(write(tmp_path / "a.mat.gz", BY_HAND)).mapped() is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"MATLAB 5.0 MAT-file", "a.mat does not begin like such a file"),
        (struct.pack("<Ii3i", BYTES, 9, 1, 1, 1), "does not begin like"),
        (struct.pack("<Ii3i", BYTES, 2, 0, 3, 1), r"axes of the lengths \(0, 3\)"),
        (BY_HAND[:6], "a.mat is cut short"),
        (BY_HAND[:16], "a.mat is cut short"),
        (BY_HAND[:-1], "a.mat is cut short"),
    ],
)
def test_foreign_and_truncated_files_are_named(tmp_path, content, message):
    path = write(tmp_path / "a.mat", content)
    with pytest.raises(ValueError, match=message):
        NorbMatrix(path)


def test_truncated_packed_contents_are_noticed(tmp_path):
    matrix = NorbMatrix(write(tmp_path / "a.mat.gz", BY_HAND[:-1]))
    with pytest.raises(ValueError, match=r"a\.mat\.gz is cut short"):
        matrix.read()


def test_truncated_packing_is_noticed(tmp_path):
    noise = np.random.default_rng(0).bytes(20_000)
    header = struct.pack("<Ii3i", BYTES, 1, 20_000, 1, 1)
    path = write(tmp_path / "a.mat.gz", header + noise)
    path.write_bytes(path.read_bytes()[:10_000])
    with pytest.raises(ValueError, match=r"a\.mat\.gz is damaged"):
        NorbMatrix(path).read()


def test_file_that_gzip_did_not_pack_is_noticed(tmp_path):
    (tmp_path / "a.mat.gz").write_bytes(BY_HAND)
    with pytest.raises(ValueError, match=r"a\.mat\.gz is damaged"):
        NorbMatrix(tmp_path / "a.mat.gz")


def test_both_parts_and_the_first_camera_are_read(folder):
    dataset = SmallNORB(folder, image_size=96)
    assert dataset.name == f"smallnorb:{folder}"
    assert dataset.image_shape == (96, 96, 1)
    expected = np.concatenate([photographs(0)[:, 0], photographs(1)[:, 0]])
    few = dataset.images_at([15, 0, 8])
    np.testing.assert_array_equal(few[..., 0], expected[[15, 0, 8]])
    dataset.prepare()
    np.testing.assert_array_equal(dataset.images_at(np.arange(16))[..., 0], expected)


def test_factors_are_five_and_the_azimuth_counts_by_ones(folder):
    dataset = SmallNORB(folder)
    assert dataset.factor_names == (
        "category",
        "instance",
        "elevation",
        "azimuth",
        "lighting",
    )
    assert dataset.factor_sizes == (2, 2, 2, 2, 1)
    assert dataset.is_complete_grid
    # Stored as category 1; instance 0, elevation 1, azimuth 2, lighting 0.
    np.testing.assert_array_equal(dataset.factors_at([15]), [[1, 0, 1, 1, 0]])
    np.testing.assert_array_equal(dataset.indices_of([[1, 0, 1, 1, 0]]), [15])


def test_images_are_scaled_to_64_without_aliasing(folder):
    original = Image.fromarray(photographs(1)[2, 0])
    expected = np.asarray(original.resize((64, 64), Image.Resampling.LANCZOS))
    dataset = SmallNORB(folder)
    np.testing.assert_array_equal(dataset.images_at([10])[0, ..., 0], expected)
    dataset.prepare()
    np.testing.assert_array_equal(dataset.images_at([10])[0, ..., 0], expected)


def test_missing_file_is_named_with_size_and_checksum(folder):
    for file in folder.glob(f"{TESTING}-cat.mat*"):
        file.unlink()
    with pytest.raises(
        FileNotFoundError, match=rf"lacks 1 of them\. Get {TESTING}-cat.*347 bytes, sha"
    ):
        SmallNORB(folder)


def test_missing_folder_names_all_six_files(tmp_path):
    with pytest.raises(FileNotFoundError, match="lacks 6 of them") as caught:
        SmallNORB(tmp_path / "nowhere")
    assert str(caught.value).count("sha256 ") == 6


@pytest.mark.parametrize(
    ("kind", "array", "message"),
    [
        ("dat", np.zeros((8, 2, 96, 95), np.uint8), r"is uint8 \(8, 2, 96, 95\), not"),
        ("dat", np.zeros((8, 2, 96, 96), np.int32), "is int32"),
        ("cat", np.zeros(7, np.int32), r"is int32 \(7,\), not int32 \(8,\)"),
        ("info", np.zeros((8, 3), np.int32), r"\(8, 3\), not int32 \(8, 4\)"),
        ("info", np.full((8, 4), -1, np.int32), "factors from -1 to"),
    ],
)
def test_files_of_another_form_are_named(tmp_path, kind, array, message):
    write_part(tmp_path, TRAINING, TRAINING_LABELS, photographs(0), packed=False)
    write_part(tmp_path, TESTING, TESTING_LABELS, photographs(1), packed=False)
    (tmp_path / f"{TRAINING}-{kind}.mat").write_bytes(matrix_bytes(array))
    with pytest.raises(ValueError, match=message) as caught:
        SmallNORB(tmp_path)
    # The culprit's address follows, and no other's.
    assert str(caught.value).count("sha256 ") == 1


def test_truncated_photographs_are_refused(tmp_path):
    write_part(tmp_path, TRAINING, TRAINING_LABELS, photographs(0), packed=True)
    write_part(tmp_path, TESTING, TESTING_LABELS, photographs(1), packed=True)
    path = tmp_path / f"{TRAINING}-dat.mat.gz"
    path.write_bytes(path.read_bytes()[:-30_000])
    dataset = SmallNORB(tmp_path)
    with pytest.raises(ValueError, match=f"{TRAINING}-dat.mat.gz is damaged"):
        dataset.prepare()


def test_replaced_file_is_read_anew(folder):
    SmallNORB(folder, 96).prepare()
    packed = (folder / f"{TRAINING}-dat.mat.gz").exists()
    write_part(folder, TRAINING, TRAINING_LABELS, photographs(5), packed)
    images = SmallNORB(folder, 96).images_at([0])
    np.testing.assert_array_equal(images[0, ..., 0], photographs(5)[0, 0])


def test_metrics_look_for_four_factors_and_the_instance_varies(folder):
    # disentanglement_lib: latent_factor_indices = [0, 2, 3, 4]. Lighting is one here.
    names, are_published = protocol_factors(SmallNORB(folder))
    assert (names, are_published) == (("category", "elevation", "azimuth"), False)
    assert SmallNORB.published_factors == (
        ("category", "elevation", "azimuth", "lighting"),
    )


@pytest.mark.parametrize("name", ["a.mat", "a.mat.gz"])
@pytest.mark.parametrize(
    ("shape", "problem"),
    [((2**31 - 1, 2, 3), "is cut short"), ((1, 2**30, 2**30), "is cut short")],
)
def test_claimed_lengths_are_held_against_the_file(tmp_path, name, shape, problem):
    content = struct.pack("<Ii3i", INTEGERS, 3, *shape) + bytes(1000)
    with pytest.raises(InvalidValue, match=problem):
        NorbMatrix(write(tmp_path / name, content))


def test_matrices_beyond_memory_are_refused(tmp_path):
    with open(tmp_path / "a.mat", "wb") as file:
        file.write(struct.pack("<Ii3i", BYTES, 3, 3, 2**30, 1))
        file.truncate(2**32)
    with pytest.raises(InvalidValue, match=r"a row of array a\.mat has 1,073,741,824"):
        NorbMatrix(tmp_path / "a.mat")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without pipes")
def test_a_pipe_among_the_files_is_not_waited_for(tmp_path):
    write_part(tmp_path, TRAINING, TRAINING_LABELS, photographs(0), packed=False)
    write_part(tmp_path, TESTING, TESTING_LABELS, photographs(1), packed=False)
    (tmp_path / f"{TRAINING}-cat.mat").unlink()
    os.mkfifo(tmp_path / f"{TRAINING}-cat.mat")
    with pytest.raises(Unusable, match="is a pipe"):
        SmallNORB(tmp_path)
