"""The array of a NumPy file, found and opened; what to do where that fails."""

from keras_bvae.datasets.storage.array_header import require_small_rows
from keras_bvae.datasets.storage.array_members import NpzMember
from keras_bvae.datasets.storage.npy_file import NpyFile
from keras_bvae.errors import InvalidValue, MissingFile, printable
from keras_bvae.files.reading import open_file, require_regular_file

# Names that an .npz file with several arrays may give the images.
IMAGE_NAMES = ("images", "imgs")
ADVICE = "Save the images with numpy.save('FILE.npy', images)."
_HDF5 = b"\x89HDF\r\n\x1a\n"


def opened_array(path, member=None):
    """The array of a file, nothing but its header read: `NpyFile` or `NpzMember`.

    Args:
        path: Path.
        member: str, which array of an .npz file; None: its only one, or `images`.

    Raises:
        FileNotFoundError, ValueError: it is missing, or holds no such array.
    """
    if not path.exists():
        raise MissingFile(
            f"`array:` must be followed by a file that exists; received {path}. "
            f"{ADVICE}"
        )
    require_regular_file(path, "A file of images")
    if path.suffix.lower() != ".npz" and member is not None:
        raise InvalidValue(
            f"`member` (+member) is for an .npz file; received member={member!r} with "
            f"{path}. Leave it out."
        )
    try:
        if path.suffix.lower() == ".npz":
            array = NpzMember(path, _member(path, member))
            require_small_rows(array.shape, array.dtype, array.name)
            return array
        return NpyFile(path)
    except ValueError as error:
        raise unusable_array(path, error, advice_on_file(path, str(error))) from error


def advice_on_file(path, problem):
    """What helps where a file cannot be read: a sentence without its full stop, or "".

    Args:
        path: Path.
        problem: str, what its reader said.
    """
    if ": " in problem and "its type is" not in problem:
        return ""  # it says what to do
    with open_file(path) as file:
        begin = file.read(len(_HDF5))
    if begin == _HDF5:
        return "It is HDF5: read the array with h5py, and save it with numpy.save"
    if begin[:2] == b"PK" and path.suffix.lower() != ".npz":
        return "It is a zip file, as .npz is: give it that ending"
    if "objects of Python" in problem:
        return "Save images of one size: numpy.save('FILE.npy', numpy.stack(images))"
    if "damaged" in problem or "cut short" in problem:
        return "Copy it again, or save it again with numpy.save('FILE.npy', images)"
    return ADVICE.rstrip(".")


def _member(path, member):
    names = NpzMember.names(path)
    listed = printable(", ".join(names), 300) or "none"
    if member is not None and member not in names:
        raise InvalidValue(f"it has no array {member!r}: say one of {listed}")
    if member is not None:
        return member
    chosen = names if len(names) == 1 else [n for n in IMAGE_NAMES if n in names]
    if not chosen:
        problem = f"of its arrays {listed} none is called images"
        if names:
            like = next((name for name in names[:20] if _may_be_images(path, name)), "")
            problem += f": say which one, as +member={like or names[0]}"
        raise InvalidValue(problem)
    return chosen[0]


def _may_be_images(path, name):
    try:
        return len(NpzMember(path, name).shape) in (3, 4)
    except (ValueError, KeyError):
        return False


def unusable_array(path, problem, advice=""):
    """What is raised where a file holds no images, with a sentence of advice."""
    text = f"{path}: {problem}".rstrip(".")
    return InvalidValue(
        "An array of images must have the shape (n, height, width) or (n, height, "
        "width, 1, 3 or 4) and be uint8, bool, or floating-point in [0, 1]; received "
        f"{text}." + (f" {advice}." if advice else "")
    )
