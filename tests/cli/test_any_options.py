"""Whatever is typed for an option of `kbvae train` is taken, or is one sentence."""

import dataclasses
import json

import click.testing
import hypothesis
import pytest
from hypothesis import strategies
from numbered_run import Squares

from kbvae.__main__ import main
from kbvae.commands.train import command
from keras_bvae import datasets, runs

TAKEN = 7
NUMBERS = strategies.integers().map(str) | strategies.floats().map(str)
ODD = strategies.sampled_from(
    [
        *(
            "",
            " ",
            "-",
            "--",
            "1e999",
            "1" + 400 * "0",
            5000 * "9",
            "\x1b[2J",
            "\udcff",
        ),
        *("0x10", "1_000", "٣", "½", "∞", "None", "a" * 5000, "{}", "../..", "$x_{1^$"),
    ]
)
WORDS = strategies.text(max_size=20) | strategies.sampled_from(
    ["factor_vae", "linear", "gaussian", "sgd", "float16", "locatello2019", "digits"]
)
OPTIONS = [
    option.opts[0]
    for option in command.params
    if option.name not in ("backend", "out", "resume", "tensorboard")
]
TYPED = strategies.lists(
    strategies.tuples(strategies.sampled_from(OPTIONS), NUMBERS | ODD | WORDS),
    min_size=1,
    max_size=3,
)


@pytest.fixture
def taken(monkeypatch, tmp_path):
    """The settings that a run would begin with; none does."""
    found = []

    def begin(settings, *arguments):
        found.append(settings)
        raise SystemExit(TAKEN)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(datasets, "load", lambda name: Squares())
    monkeypatch.setattr(runs, "start_run", begin)
    return found


@hypothesis.settings(
    max_examples=200,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
@hypothesis.given(TYPED)
def test_anything_typed_is_taken_or_refused_in_one_sentence(taken, typed):
    arguments = [word for pair in typed for word in pair]
    result = click.testing.CliRunner().invoke(main, ["train", *arguments])
    assert result.exit_code in (2, TAKEN), result.output
    assert "Traceback" not in result.output
    if result.exit_code == TAKEN:
        record = dataclasses.asdict(taken.pop())
        json.dumps(record, allow_nan=False)
        return
    assert taken == []
    assert result.output.count("Error: ") == 1
