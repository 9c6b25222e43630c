"""Turns what goes wrong into one sentence and an exit code: 2 misuse, 1 failure.

| what went wrong | exit | the sentence |
|---|---|---|
| `errors.Misuse`, click's usage errors | 2 | as it is |
| a file or folder that was named is missing, in the way or locked | 2 | as it is |
| `errors.Failure`, any other OSError: a full disk, a lost connection | 1 | as it is |
| no memory | 1 | says so |
| the reader of a pipe has gone, as with `| head` | 1 | none |
| everything else: a mistake in this library | 1 | with its type |
| Ctrl-C | 130 | says so |

Each sentence is printable and of a length to be read, whoever wrote it.

Whoever wants to see where from sets KBVAE_TRACEBACK=1.
"""

import contextlib
import os
import sys
import warnings

import click

from kbvae.suggestions import hint
from kbvae.terminal import one_line, printable, take_any_letter

TRACEBACK = "KBVAE_TRACEBACK"
_MISUSE, _FAILURE, _INTERRUPTED = 2, 1, 130
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
        take_any_letter()
        try:
            try:
                return super().main(*arguments, **options)
            finally:
                _flush()  # here, where it can still be caught
        except BrokenPipeError:
            _let_pipes_go()
            sys.exit(_FAILURE)
        except OSError as error:  # the disk behind `> file` is full
            if os.environ.get(TRACEBACK):
                raise
            _let_pipes_go()
            _in_a_sentence(error).show()
            sys.exit(_FAILURE)

    def make_context(self, *arguments, **options):
        try:
            return super().make_context(*arguments, **options)
        except click.ClickException as error:
            raise _made_readable(error) from None

    def invoke(self, context):
        try:
            with warnings.catch_warnings():
                warnings.showwarning = _show_warning
                return super().invoke(context)
        except click.ClickException as error:
            raise _made_readable(error) from error.__cause__
        except (click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            click.echo("\nInterrupted.", err=True)
            context.exit(_INTERRUPTED)
        except BrokenPipeError:
            raise
        except Exception as error:
            if os.environ.get(TRACEBACK):
                raise
            raise _in_a_sentence(error) from error


def _made_readable(error):
    """An error of click's: of what was typed, the part that can be printed."""
    if isinstance(error, click.NoSuchOption):
        known = _options_of(error.ctx)
        likely = hint(error.option_name, known)
        error.message += likely or f" The options are {', '.join(known)}."
        error.possibilities = None  # click's own guess
    error.message = printable(error.message)
    return error


def _options_of(context):
    parameters = context.command.get_params(context) if context else []
    named = [p for p in parameters if not getattr(p, "hidden", False)]
    return [name for p in named for name in p.opts if name.startswith("--")]


def _in_a_sentence(error):
    is_expected, code = _kind_of(error)
    text = _words_of(error)
    if not is_expected:
        text = f"{type(error).__name__}: {text} (set {TRACEBACK}=1 to see where)"
    exception = click.ClickException(text)
    exception.exit_code = code
    return exception


def _words_of(error):
    try:
        text = one_line(error)
    except Exception:  # an error of others may even fail to say what it is
        text = ""
    if isinstance(error, MemoryError):
        said = f" ({text})" if text else ""
        return f"There is not enough memory{said}. Use less at once, or fewer programs."
    is_of_the_system = isinstance(error, OSError) and type(error).__module__ in (
        "builtins",
        "socket",
    )
    if is_of_the_system and error.errno is not None and error.strerror:
        names = [n for n in (error.filename, error.filename2) if n is not None]
        what = " and ".join(one_line(repr(os.fsdecode(n))) for n in names if n != -1)
        where = f"{what} could not be used" if what else "The system refused"
        return f"{where}: {one_line(error.strerror)}."
    return text or type(error).__name__


def _kind_of(error):
    """Whether an error speaks for itself, and the exit code."""
    # Importing it would import Keras, before its backend is chosen. Where nothing has
    # done so yet, nothing has raised one of its errors either.
    errors = sys.modules.get("keras_bvae.errors")
    if errors is not None and isinstance(error, errors.KerasBVAEError):
        return True, _MISUSE if isinstance(error, errors.Misuse) else _FAILURE
    if isinstance(error, MemoryError):
        return True, _FAILURE
    if isinstance(error, OSError):
        return True, _MISUSE if isinstance(error, _OF_A_PATH) else _FAILURE
    return False, _FAILURE


def _flush():
    if sys.stdout is not None and not sys.stdout.closed:
        sys.stdout.flush()


def _let_pipes_go():
    """Gives what Python flushes at its exit a place to go to: no one reads it."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in filter(None, (sys.stdout, sys.stderr)):
            try:
                stream.flush()
            except OSError:
                os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _show_warning(message, category, filename, lineno, file=None, line=None):
    """Without the place in the source, which says nothing to who typed a command."""
    click.echo(f"Warning: {one_line(message)}", err=True)
