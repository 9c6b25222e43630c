import warnings

import click
import click.testing
import pytest

from kbvae.failures import TRACEBACK, OneSentenceGroup


def fail_with(error):
    @click.group(cls=OneSentenceGroup)
    def group():
        pass

    @group.command()
    def fail():
        raise error

    return click.testing.CliRunner().invoke(group, ["fail"])


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ValueError("bad value"), 2),
        (FileNotFoundError("no file"), 2),
        (ModuleNotFoundError("no torch"), 2),
        (RuntimeError("went wrong"), 1),
    ],
)
def test_errors_are_one_sentence_and_an_exit_code(error, code):
    result = fail_with(error)
    assert result.exit_code == code
    assert result.output == f"Error: {error}\n"


def test_lines_are_joined_and_what_no_input_causes_is_named():
    result = fail_with(TypeError("first\n  second"))
    assert result.exit_code == 1
    assert result.output.startswith("Error: TypeError: first second (set")


def test_an_error_without_words_gives_its_name():
    assert fail_with(ValueError()).output == "Error: ValueError\n"


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
