import importlib.util
import pathlib
import re

import pytest

from keras_bvae.datasets.official.official_files import (
    OFFICIAL_FILES,
    TFDS,
    where_to_get,
)

ALL = [file for files in OFFICIAL_FILES.values() for file in files]


def test_sizes_and_checksums_are_those_of_tensorflow_datasets():
    package = importlib.util.find_spec("tensorflow_datasets")
    assert package is not None
    folder = pathlib.Path(package.origin).parent / "datasets"
    known = {}
    for name in ("dsprites", "shapes3d", "smallnorb"):
        for line in (folder / name / "checksums.tsv").read_text().splitlines():
            _, size, checksum, file_name = line.split("\t")
            known[file_name] = int(size), "sha256", checksum
    ours = {
        file.name: (file.size, file.checksum_kind, file.checksum)
        for file in ALL
        if file.known_from == TFDS
    }
    assert ours == known


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.name)
def test_checksums_are_whole_and_addresses_end_with_the_name(file):
    digits = {"md5": 32, "sha256": 64, None: 0}[file.checksum_kind]
    assert re.fullmatch(f"[0-9a-f]{{{digits}}}", file.checksum or "")
    assert re.fullmatch(rf"https?://\S+/{re.escape(file.name)}", file.address)
    assert (file.checksum is None) == (file.known_from is None)


def test_sentence_for_one_file_says_all_there_is_to_know():
    assert where_to_get("shapes3d") == (
        "Get 3dshapes.h5 (267,573,662 bytes, sha256 "
        "0a0f6ed98baff276a50f3a081a7434d788da63cb135a98189b2a5b5769be1785) from "
        "https://storage.googleapis.com/3d-shapes/, put it anywhere and load it as "
        "shapes3d:PATH/3dshapes.h5; sha256sum shows whether it came whole."
    )


def test_any_one_of_several_or_all_of_them():
    assert re.search(r"\), mpi3d_realistic.* or mpi3d_real\.", where_to_get("mpi3d"))
    sentence = where_to_get("smallnorb")
    assert len(re.findall(r"smallnorb-5x\S+\.mat\.gz", sentence)) == 6
    assert "-testing-cat.mat.gz (347 bytes" in sentence
    assert "and smallnorb-5x01235x9x18x6x2x96x96-testing-info" in sentence


def test_only_the_missing_file_is_named():
    name = "smallnorb-5x01235x9x18x6x2x96x96-testing-cat.mat.gz"
    sentence = where_to_get("smallnorb", [name])
    assert sentence.startswith(f"Get {name} (347 bytes, sha256 ecaf6d5b")
    assert "training" not in sentence
