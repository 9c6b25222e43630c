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
from kbvae.__main__ import main
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
        RecursionError("maximum recursion depth exceeded"),
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


@pytest.mark.parametrize(
    ("error", "sentence", "code"),
    [
        (
            OSError(errno.EINVAL, "Invalid argument", "a\0b"),
            "'a\\x00b' could not be used: Invalid argument.",
            1,
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "a", None, "b"),
            "'a' and 'b' could not be used: Permission denied.",
            2,
        ),
        (
            OSError(errno.ENOSPC, "No space left on device"),
            "The system refused: No space left on device.",
            1,
        ),
        (
            MemoryError("Unable to allocate 9 TiB"),
            "There is not enough memory (Unable to allocate 9 TiB). Use less at once, "
            "or fewer programs.",
            1,
        ),
    ],
    ids=repr,
)
def test_what_the_system_says_is_put_into_words(error, sentence, code):
    result = fail_with(error)
    assert result.output == f"Error: {sentence}\n"
    assert result.exit_code == code


class Silent(Exception):
    def __str__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("a\x1b]0;title\x07 \udcff " * 100_000),
        click.UsageError("a\x1b[2J" * 100_000),
        click.BadParameter("a\x1b[2J"),
        FileNotFoundError(errno.ENOENT, "no\x1bfile", b"\xff\x1b" * 9999),
        Silent(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_error_orders_the_terminal_about_or_fills_it(error):
    result = fail_with(error)
    assert result.exit_code in (1, 2)
    assert "\x1b" not in result.output
    assert len(result.output) < 15_000  # 2,000 letters, each an escape at most


def test_a_warning_is_printable():
    @click.group(cls=OneSentenceGroup)
    def group():
        pass

    @group.command()
    def warn():
        warnings.warn("\x1b[2J" * 100_000, stacklevel=2)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        result = click.testing.CliRunner().invoke(group, ["warn"])
    assert "\x1b" not in result.output
    assert len(result.output) < 15_000


def test_ctrl_c_is_one_word_and_the_code_that_shells_know():
    result = fail_with(KeyboardInterrupt())
    assert (result.exit_code, result.output) == (130, "\nInterrupted.\n")


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


# ---- names that there are not ------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("train --lr 1e-3", "Did you mean '--learning-rate'?"),
        ("train --latent_dim 3", "Did you mean '--latent-dim'?"),
        ("train --gpu 0", "The options are --backend, --data, --network,"),
        ("train -l 1", "The options are --backend, --data, --network,"),
        ("evaluate --metric mig", "Did you mean '--metrics'?"),
        ("eval", "Did you mean 'evaluate'? The commands are train,"),
        ("xyz", "No such command 'xyz'. The commands are train,"),
        ("--lr", "The options are --version, --help."),
    ],
)
def test_a_name_that_there_is_not_gets_the_one_that_was_meant(typed, hint):
    result = click.testing.CliRunner().invoke(main, typed.split())
    assert result.exit_code == 2
    assert hint in result.output


# ---- a terminal, a disk, a reader that has gone ------------------------------------


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize(
    ("shell", "said"),
    [
        ("> /dev/full", "Error: The system refused: No space left on device.\n"),
        (">&-", ""),
    ],
)
def test_an_output_that_takes_nothing_gets_no_traceback(shell, said):
    command = f"{sys.executable} -m kbvae --help {shell}"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert done.stderr == said
    assert done.returncode == (1 if said else 0)


def test_a_terminal_without_greek_letters_gets_others():
    done = subprocess.run(
        [sys.executable, "-m", "kbvae", "--help"],
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=True,
    )
    assert b"a b-VAE on dSprites" in done.stdout


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
