"""Turns what goes wrong into one sentence and an exit code."""

import os
import warnings

import click

TRACEBACK = "KBVAE_TRACEBACK"


class OneSentenceGroup(click.Group):
    """A click group without tracebacks: exit 2 for misuse, 1 for failure.

    The library raises ValueError, OSError or ModuleNotFoundError for bad input, each
    with a sentence that says what to do. Set KBVAE_TRACEBACK=1 to see where from.
    What the library warns of is one sentence too.
    """

    def invoke(self, context):
        try:
            with warnings.catch_warnings():
                warnings.showwarning = _show_warning
                return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except (ValueError, OSError, ModuleNotFoundError) as error:
            raise self._exception(error, exit_code=2) from error
        except Exception as error:
            raise self._exception(error, exit_code=1) from error

    def _exception(self, error, exit_code):
        if os.environ.get(TRACEBACK):
            raise error
        text = " ".join(str(error).split()) or type(error).__name__
        if type(error).__name__ in _UNEXPECTED:
            text = f"{type(error).__name__}: {text} (set {TRACEBACK}=1 to see where)"
        exception = click.ClickException(text)
        exception.exit_code = exit_code
        return exception


def _show_warning(message, category, filename, lineno, file=None, line=None):
    """Without the place in the source, which says nothing to who typed a command."""
    click.echo(f"Warning: {' '.join(str(message).split())}", err=True)


# Names of errors that no input should cause: they are shown as what they are.
_UNEXPECTED = (
    "TypeError",
    "KeyError",
    "AttributeError",
    "IndexError",
    "AssertionError",
)
