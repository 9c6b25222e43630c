"""The official files of the data sets: where they are, their sizes and checksums.

A file is not checked when it is loaded: that takes minutes for the large ones. The
sentence of `where_to_get` says how a user does it.
"""

from dataclasses import dataclass

from keras_bvae.errors import InvalidValue, MissingFile
from keras_bvae.files.reading import require_regular_file

# Who published sizes and checksums; none of them was measured by us.
TFDS = "the checksums of TensorFlow Datasets"
DISENT = "the disent project, github.com/nmichlo/disent"
# Sets that are all their files together.
_ALL_TOGETHER = ("smallnorb",)
# What a sentence calls a file of each set, and what to do with it.
_CALLED = {
    "dsprites": "A dSprites file",
    "shapes3d": "A 3D Shapes file",
    "mpi3d": "An MPI3D file",
    "cars3d": "Cars3D",
}
_PUT_IT = {
    "dsprites": "put it anywhere and load it as dsprites:PATH",
    "shapes3d": "put it anywhere and load it as shapes3d:PATH/3dshapes.h5",
    "mpi3d": "put it anywhere and load it as mpi3d:PATH",
    "cars3d": "put it, or the folder data/cars in it, anywhere: load cars3d:PATH",
    "smallnorb": "put all six, packed or not, into one folder: load smallnorb:FOLDER",
}


@dataclass(frozen=True)
class OfficialFile:
    """One file, as its publisher serves it.

    Attributes:
        name: its name.
        folder: the address that it is served from, without the name.
        size: in bytes, or None where we know of nobody who published it.
        checksum_kind: "md5" or "sha256", or None.
        checksum: hexadecimal digits, or None.
        known_from: who published size and checksum, or None.
        note: what else there is to say, a few words.
    """

    name: str
    folder: str
    size: int | None = None
    checksum_kind: str | None = None
    checksum: str | None = None
    known_from: str | None = None
    note: str = ""

    @property
    def address(self):
        """Where the file is served."""
        return self.folder + self.name

    def __str__(self):
        facts = [] if self.size is None else [f"{self.size:,} bytes"]
        facts += [self.note] if self.note else []
        if self.checksum is not None:
            facts.append(f"{self.checksum_kind} {self.checksum}")
        return f"{self.name} ({', '.join(facts)})" if facts else self.name


def _dsprites(ending, *facts):
    name = f"dsprites_ndarray_co1sh3sc6or40x32y32_64x64.{ending}"
    folder = "https://github.com/deepmind/dsprites-dataset/raw/master/"
    return OfficialFile(name, folder, *facts)


def _mpi3d(kind, md5):
    # The address that github.com/rr-learning/disentanglement_dataset gives now; the
    # checksums are of the files that it gave before.
    folder = "https://huggingface.co/datasets/waleedgondal/mpi3d/resolve/main/"
    note = "12.7 GB unpacked"  # 6·6·2·3·3·40·40 images of 64·64·3 bytes
    return OfficialFile(f"mpi3d_{kind}.npz", folder, None, "md5", md5, DISENT, note)


def _smallnorb(part, kind, size, sha256):
    instances = {"training": "46789", "testing": "01235"}[part]
    name = f"smallnorb-5x{instances}x9x18x6x2x96x96-{part}-{kind}.mat.gz"
    folder = "https://cs.nyu.edu/~ylclab/data/norb-v1.0-small/"
    return OfficialFile(name, folder, size, "sha256", sha256, TFDS)


OFFICIAL_FILES = {
    "dsprites": (
        _dsprites("npz"),
        _dsprites(
            "hdf5",
            28024106,
            "sha256",
            "729fa22e884c9c500e1f17415d580746b4c5894fbbb780a1319bbcfa39a745bb",
            TFDS,
        ),
    ),
    "shapes3d": (
        OfficialFile(
            "3dshapes.h5",
            "https://storage.googleapis.com/3d-shapes/",
            267573662,
            "sha256",
            "0a0f6ed98baff276a50f3a081a7434d788da63cb135a98189b2a5b5769be1785",
            TFDS,
        ),
    ),
    "mpi3d": (
        _mpi3d("toy", "55889cb7c7dfc655d6e0277beee88868"),
        _mpi3d("realistic", "59a6225b88b635365f70c91b3e52f70f"),
        _mpi3d("real", "0f33f609918fb5c97996692f91129802"),
    ),
    "cars3d": (
        OfficialFile(
            "nips2015-analogy-data.tar.gz",
            "http://www.scottreed.info/files/",
            None,
            "md5",
            "4e866a7919c1beedf53964e6f7a23686",
            DISENT,
        ),
    ),
    "smallnorb": (
        _smallnorb(
            "training",
            "dat",
            131896188,
            "5ffd6272a07d32695ee1082a26a41a93a37aab8c28da047f8c34ed348d214873",
        ),
        _smallnorb(
            "training",
            "cat",
            348,
            "2784e542c1922060691090952b6cd6278879a216c90f81476f0f00256d42cdaa",
        ),
        _smallnorb(
            "training",
            "info",
            71052,
            "de7eb932ebe7a4ee16217fead60660d0eb3d23632c2f4d1c51f88c501c17bf32",
        ),
        _smallnorb(
            "testing",
            "dat",
            130799817,
            "cf7104eed3e51174d2f65b66d1e5878b9da233b886f161b0d88f4510ba2c7474",
        ),
        _smallnorb(
            "testing",
            "cat",
            347,
            "ecaf6d5bb8c3bc5eab9cf0258f6d2198dd474e016e374836fc097f2e5ff509ff",
        ),
        _smallnorb(
            "testing",
            "info",
            10428,
            "16adf314226327ee006d1a44db8cfef52773c06c829951d5653a9f6f310248a2",
        ),
    ),
}


def where_to_get(kind, names=None):
    """A sentence for whoever lacks an official file.

    Args:
        kind: key of OFFICIAL_FILES.
        names: of the files that are missing; None or none: all of the set.

    Returns:
        str: which file, its size and checksum, where to get it and to put it, and how
        to see whether it came whole.
    """
    all_files = OFFICIAL_FILES[kind]
    files = [file for file in all_files if file.name in (names or ())] or all_files
    *before, last = map(str, files)
    joint = " and " if kind in _ALL_TOGETHER else " or "
    listed = joint.join([", ".join(before), last]) if before else last
    tools = sorted({f"{file.checksum_kind}sum" for file in files if file.checksum})
    return (
        f"Get {listed} from {files[0].folder}, {_PUT_IT[kind]}; "
        f"{' or '.join(tools)} shows whether it came whole."
    )


def require_file(kind, path):
    """Raises unless an official file is there, and an ordinary one.

    Args:
        kind: key of OFFICIAL_FILES.
        path: pathlib.Path.

    Raises:
        OSError: it is not; if it is missing, the sentence says where to get it.
    """
    try:
        require_regular_file(path, _CALLED[kind])
    except MissingFile as error:
        raise MissingFile(
            f"{_CALLED[kind]} must exist; received {path}. {where_to_get(kind)}"
        ) from error


def not_in_format(kind, path, problem):
    """The error of a file in which something is not as its publisher wrote it."""
    return InvalidValue(
        f"{_CALLED[kind]} must be in the official format; received {path}: {problem}. "
        + where_to_get(kind)
    )
