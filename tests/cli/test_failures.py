import errno
import os
import subprocess
import sys
import warnings

import click
import click.testing
import numpy as np
import pytest

from kbvae import failures
from kbvae.bench_process import BenchmarkError
from kbvae.failures import TRACEBACK, OneSentenceGroup
from keras_bvae import errors


def fail_with(error):
    @click.group(cls=OneSentenceGroup)
    def group():
        pass

    @group.command()
    def fail():
        raise error

    return click.testing.CliRunner().invoke(group, ["fail"])


@pytest.mark.parametrize(
    "error",
    [
        errors.InvalidValue("a rule is broken"),
        errors.InvalidType("a rule is broken"),
        errors.NotSupported("not on this backend"),
        errors.MissingPackage("no torch"),
        errors.MissingFile("no file"),
        errors.FolderInUse("in use by process 7"),
        errors.NonFiniteCodes("it has diverged"),
        FileNotFoundError("no file"),
        NotADirectoryError("no folder"),
        IsADirectoryError("a folder"),
        PermissionError("not permitted"),
        FileExistsError("in the way"),
    ],
    ids=repr,
)
def test_misuse_is_one_sentence_and_exit_code_2(error):
    result = fail_with(error)
    assert result.exit_code == 2
    assert result.output == f"Error: {error}\n"


@pytest.mark.parametrize(
    "error",
    [
        errors.Diverged("the loss is not finite"),
        errors.ExportDiffers("an export that differs"),
        errors.DiskFull("no room"),
        errors.FileNotWritten("a.png", "No space left on device", "Free some."),
        OSError(errno.ENOSPC, "No space left on device"),
        ConnectionResetError("the connection is lost"),
        BenchmarkError("jax could not be measured: no memory"),
    ],
    ids=repr,
)
def test_a_failure_is_one_sentence_and_exit_code_1(error):
    result = fail_with(error)
    assert result.exit_code == 1
    assert result.output == f"Error: {error}\n"


def shapes_that_do_not_fit():
    try:
        np.ones((2, 3)) @ np.ones((2, 3))
    except ValueError as error:
        return error


@pytest.mark.parametrize(
    "error",
    [
        shapes_that_do_not_fit(),
        ModuleNotFoundError("No module named 'numpy'"),
        RuntimeError("went wrong"),
        KeyError("kl"),
        MemoryError("no memory"),
    ],
    ids=repr,
)
def test_what_nobody_foresaw_is_a_failure_with_its_type(error):
    result = fail_with(error)
    assert result.exit_code == 1
    name = type(error).__name__
    hint = f"(set {TRACEBACK}=1 to see where)"
    assert result.output == f"Error: {name}: {error} {hint}\n"


def test_without_the_library_its_errors_need_not_be_there(monkeypatch):
    monkeypatch.delitem(failures.sys.modules, "keras_bvae.errors")
    assert fail_with(FileNotFoundError("no file")).exit_code == 2
    assert fail_with(RuntimeError("went wrong")).exit_code == 1
    assert "keras_bvae.errors" not in failures.sys.modules


def test_lines_are_joined():
    result = fail_with(TypeError("first\n  second"))
    assert result.output.startswith("Error: TypeError: first second (set")


def test_an_error_without_words_gives_its_name():
    assert fail_with(errors.InvalidValue()).output == "Error: InvalidValue\n"


def test_the_traceback_can_be_asked_for(monkeypatch):
    monkeypatch.setenv(TRACEBACK, "1")
    assert isinstance(fail_with(ValueError("bad")).exception, ValueError)


def test_clicks_own_errors_stay_as_they_are():
    result = fail_with(click.UsageError("typed wrong"))
    assert result.exit_code == 2
    assert "typed wrong" in result.output


def test_a_warning_is_its_sentence_without_a_place_in_the_source():
    @click.group(cls=OneSentenceGroup)
    def group():
        pass

    @group.command()
    def warn():
        warnings.warn("Two files\n  were left out.", stacklevel=2)

    shown = warnings.showwarning
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        result = click.testing.CliRunner().invoke(group, ["warn"])
    assert result.output == "Warning: Two files were left out.\n"
    assert warnings.showwarning is shown


# ---- a reader that has gone --------------------------------------------------------


def with_a_reader_that_goes(*command):
    """Exit code and standard error of a process whose reader takes one line."""
    process = subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    return process.wait(), said


LONG = """
import sys, time, click
from kbvae.failures import OneSentenceGroup

@click.group(cls=OneSentenceGroup)
def group():
    pass

@group.command()
def speak():
    print("first", flush=True)
    time.sleep(0.5)
    {rest}

group(["speak"])
"""


@pytest.mark.skipif(os.name != "posix", reason="needs a POSIX pipe")
@pytest.mark.parametrize(
    "rest",
    [
        "click.echo('second')",
        "print('second')",  # flushed when Python ends
        "print('second' * 100_000)",
    ],
    ids=["echo", "at the exit", "long"],
)
def test_a_reader_that_goes_ends_it_without_a_word(rest):
    code, said = with_a_reader_that_goes("-c", LONG.replace("{rest}", rest))
    assert (code, said) == (1, b"")


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
def test_head_takes_what_it_wants_of_the_real_command():
    done = subprocess.run(
        f"{sys.executable} -m kbvae data | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("Data sets\n", "")
