import ast
import builtins
import inspect
import pickle
from pathlib import Path

import pytest

from keras_bvae import errors

PACKAGE = Path(errors.__file__).parent
# What a caller of ours handles as Python's own protocols have it.
OF_PYTHON = {"AttributeError", "IndexError", "KeyError", "NotImplementedError"}
BUILT_IN = {
    "InvalidValue": ValueError,
    "InvalidType": TypeError,
    "NotSupported": NotImplementedError,
    "MissingPackage": ModuleNotFoundError,
    "Unusable": OSError,
    "MissingFile": FileNotFoundError,
    "NotAFolder": NotADirectoryError,
    "IsAFolder": IsADirectoryError,
    "FileInTheWay": FileExistsError,
    "NotPermitted": PermissionError,
    "FolderInUse": BlockingIOError,
    "NonFiniteCodes": ValueError,
    "UntrackedVariable": RuntimeError,
    "Interrupted": RuntimeError,
    "FileNotWritten": OSError,
    "DiskFull": OSError,
    "Diverged": RuntimeError,
    "FilmNotWritten": OSError,
    "ExportDiffers": RuntimeError,
}


def family():
    return {
        name: kind
        for name, kind in vars(errors).items()
        if inspect.isclass(kind) and issubclass(kind, errors.KerasBVAEError)
    }


def test_each_is_the_built_in_of_its_kind_too():
    assert set(family()) == {*BUILT_IN, "KerasBVAEError", "Misuse", "Failure"}
    for name, kind in BUILT_IN.items():
        assert issubclass(family()[name], kind)


def test_each_is_misuse_or_failure_but_an_interruption():
    for name, kind in family().items():
        if name not in ("KerasBVAEError", "Misuse", "Failure", "Interrupted"):
            assert issubclass(kind, errors.Misuse) != issubclass(kind, errors.Failure)


@pytest.mark.parametrize("name", ["InvalidValue", "MissingFile", "FolderInUse"])
def test_the_sentence_is_the_text(name):
    error = family()[name]("A rule must hold; received 3. Do this.")
    assert str(error) == "A rule must hold; received 3. Do this."
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_a_file_that_was_not_written_says_what_is_there(tmp_path):
    error = errors.FileNotWritten(tmp_path / "a.csv", "no space left", "Free some.")
    assert str(error) == (
        f"A file must be written whole; {str(tmp_path / 'a.csv')!r} could not be "
        "(no space left), there is none yet. Free some."
    )
    assert error.reason == "no space left"


def test_the_library_raises_its_own():
    """Whoever raises a bare built-in here hides whether it is misuse or failure."""
    foreign = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                name = getattr(node.exc.func, "id", "")
                if hasattr(builtins, name) and name not in {*OF_PYTHON, "type"}:
                    foreign.append(f"{path.relative_to(PACKAGE)}:{node.lineno} {name}")
    assert foreign == []


def test_a_sentence_is_short_and_gives_the_terminal_no_orders():
    text = str(errors.InvalidValue("received \x1b[2J\u202e" + "x" * 10_000_000 + "end"))
    assert len(text) < 2100
    assert text.startswith("received \\x1b[2J\\u202e")
    assert text.endswith("end")
    assert str(errors.InvalidValue("a\nb\tc é")) == "a\nb\tc é"
