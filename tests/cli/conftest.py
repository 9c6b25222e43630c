import click.testing
import pytest
from small_run import run, trained_run  # noqa: F401

from kbvae.__main__ import main


@pytest.fixture
def kbvae(tmp_path, monkeypatch):
    """Runs the command in an empty folder; returns click's result."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments):
        arguments = [str(argument) for argument in arguments]
        return click.testing.CliRunner().invoke(main, arguments, prog_name="kbvae")

    return invoke


@pytest.fixture
def refused(kbvae, tmp_path):
    """Runs the command and asserts that it refused its input as all commands do.

    One sentence, exit code 2, no traceback, nothing written. Returns the sentence.
    """

    def invoke(*arguments):
        before = sorted(tmp_path.rglob("*"))
        result = kbvae(*arguments)
        assert result.exit_code == 2, result.output
        assert "Traceback" not in result.output
        assert sorted(tmp_path.rglob("*")) == before
        return " ".join(result.output.split("Error: ")[-1].split())

    return invoke
