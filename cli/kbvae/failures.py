"""Turns what goes wrong into one sentence and an exit code: 2 misuse, 1 failure.

| what went wrong | exit | the sentence |
|---|---|---|
| `errors.Misuse`, click's usage errors | 2 | as it is |
| a file or folder that was named is missing, in the way or locked | 2 | as it is |
| `errors.Failure`, any other OSError: a full disk, a lost connection | 1 | as it is |
| the reader of a pipe has gone, as with `| head` | 1 | none |
| everything else: a mistake in this library, or no memory | 1 | with its type |

Whoever wants to see where from sets KBVAE_TRACEBACK=1.
"""

import contextlib
import os
import sys
import warnings

import click

TRACEBACK = "KBVAE_TRACEBACK"
_MISUSE, _FAILURE = 2, 1
# What the operating system says of a path that a user named. Of other errors of the
# disk or the network no input is the cause.
_OF_A_PATH = (
    FileNotFoundError,
    NotADirectoryError,
    IsADirectoryError,
    PermissionError,
    FileExistsError,
)


class OneSentenceGroup(click.Group):
    """A click group without tracebacks; see the table of this module.

    What the library warns of is one sentence too.
    """

    def main(self, *arguments, **options):
        try:
            try:
                return super().main(*arguments, **options)
            finally:
                sys.stdout.flush()  # here, where it can still be caught
        except BrokenPipeError:
            _let_pipes_go()
            sys.exit(_FAILURE)

    def invoke(self, context):
        try:
            with warnings.catch_warnings():
                warnings.showwarning = _show_warning
                return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            raise
        except Exception as error:
            if os.environ.get(TRACEBACK):
                raise
            raise _in_a_sentence(error) from error


def _in_a_sentence(error):
    is_expected, code = _kind_of(error)
    text = " ".join(str(error).split()) or type(error).__name__
    if not is_expected:
        text = f"{type(error).__name__}: {text} (set {TRACEBACK}=1 to see where)"
    exception = click.ClickException(text)
    exception.exit_code = code
    return exception


def _kind_of(error):
    """Whether an error speaks for itself, and the exit code."""
    # Importing it would import Keras, before its backend is chosen. Where nothing has
    # done so yet, nothing has raised one of its errors either.
    errors = sys.modules.get("keras_bvae.errors")
    if errors is not None and isinstance(error, errors.KerasBVAEError):
        return True, _MISUSE if isinstance(error, errors.Misuse) else _FAILURE
    if isinstance(error, OSError):
        return True, _MISUSE if isinstance(error, _OF_A_PATH) else _FAILURE
    return False, _FAILURE


def _let_pipes_go():
    """Gives what Python flushes at its exit a place to go to: no one reads it."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except BrokenPipeError:
                os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _show_warning(message, category, filename, lineno, file=None, line=None):
    """Without the place in the source, which says nothing to who typed a command."""
    click.echo(f"Warning: {' '.join(str(message).split())}", err=True)
