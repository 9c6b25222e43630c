import inspect
import json
import sys

import keras
import pytest
from click.testing import CliRunner
from fresh_module import fresh_module
from keras import ops
from numbered_run import Squares

import keras_bvae as kb
from kbvae import names
from keras_bvae import datasets
from keras_bvae.models import strengths_of
from keras_bvae.report.description import objective_formula, strength_values
from keras_bvae.runs.objectives import OBJECTIVES, OPTIONS, Objective, Option
from keras_bvae.runs.run import build_model

EACH = pytest.mark.parametrize("name", OBJECTIVES)


def test_every_option_belongs_to_an_objective_and_the_other_way_round():
    assert {name for entry in OBJECTIVES.values() for name in entry.options} == set(
        OPTIONS
    )


@EACH
def test_defaults_are_of_their_options_kind(name):
    for option, default in OBJECTIVES[name].options.items():
        kind = OPTIONS[option].kind
        if isinstance(kind, tuple):
            assert default in kind
        else:
            assert default is None or type(default) is kind


@EACH
def test_the_class_takes_what_is_said_to_be_the_models(name):
    entry = OBJECTIVES[name]
    taken = set(inspect.signature(entry.model).parameters)
    own = {option for option in entry.options if OPTIONS[option].is_the_models}
    assert own | set(entry.fixed) <= taken
    assert set(entry.worked_out) <= set(entry.options)


@EACH
def test_every_option_has_a_rule(name):
    strengths = strengths_of(OBJECTIVES[name].model)
    for option in OBJECTIVES[name].options:
        rule = OPTIONS[option].rule
        has_words = isinstance(OPTIONS[option].kind, tuple)
        assert has_words or callable(rule) or (rule or option) in strengths


@EACH
def test_every_strength_of_the_class_can_be_typed_and_has_a_letter(name):
    entry = OBJECTIVES[name]
    strengths = set(strengths_of(entry.model))
    assert strengths <= set(entry.options)
    assert all(OPTIONS[strength].letter for strength in strengths)


# ---- one more of each ----------------------------------------------------------


@keras.saving.register_keras_serializable(package="test_objectives")
class Pressed(kb.VariationalAutoencoder):
    """A made-up objective with a strength of its own."""

    penalty_names = ("pressed_penalty",)
    pressure = kb.models.Strength("0 presses nothing.")

    def __init__(self, encoder, decoder, pressure=1.0, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        self.pressure = pressure

    def objective(self, terms, average):
        penalty = self.pressure * average(ops.sum(ops.square(terms.mean), axis=-1))
        elbo = average(terms.reconstruction + ops.sum(terms.kl, axis=-1))
        return elbo + penalty, {"pressed_penalty": penalty}


@pytest.fixture
def pressed(monkeypatch):
    """`Pressed` in the library's table and in the command's; nothing else is edited."""
    entry = Objective(Pressed, {"pressure": 2.0}, "pressed VAE", "π · Σ μ²", "Why.", "")
    monkeypatch.setitem(OPTIONS, "pressure", Option(float, "Weight of means.", "π"))
    monkeypatch.setitem(OBJECTIVES, "pressed", entry)
    monkeypatch.setitem(names.OPTIONS, "pressure", (float, "Weight of means."))
    monkeypatch.setitem(names.OBJECTIVES, "pressed", {"pressure": 2.0})
    settings = fresh_module("keras_bvae.runs.settings")
    monkeypatch.setitem(sys.modules, "keras_bvae.runs.settings", settings)
    for module in ("keras_bvae.runs", "keras_bvae.runs.run_record"):
        monkeypatch.setattr(f"{module}.Settings", settings.Settings)


def test_an_entry_makes_a_setting_a_model_and_a_formula(pressed):
    settings = sys.modules["keras_bvae.runs.settings"].Settings
    asked = settings(objective="pressed", network="higgins2017", pressure=3.0)
    assert settings(**asked.to_dict()) == asked
    assert settings(objective="pressed").pressure == 2.0
    with pytest.raises(ValueError, match=r"received pressure=-1\.0\. 0 presses"):
        settings(objective="pressed", pressure=-1.0)
    with pytest.raises(ValueError, match="`pressure` is an option of pressed; rec"):
        settings(pressure=3.0)
    model = build_model(asked, Squares())
    assert type(model) is Pressed
    assert strength_values(model) == [("π", 3.0)]
    assert objective_formula(model).name == "pressed VAE"


def test_an_entry_trains_by_the_command(pressed, tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "load", lambda name: Squares())
    command = fresh_module("kbvae.commands.train").command
    run = tmp_path / "run"
    typed = ["--objective", "pressed", "--pressure", "3", "--steps", "2"]
    typed += ["--network", "higgins2017", "--batch-size", "8", "--out", str(run)]
    result = CliRunner().invoke(command, typed, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert json.loads((run / "run.json").read_text())["settings"]["pressure"] == 3.0
    assert "pressed_penalty" in (run / "history.csv").read_text()
    shown = CliRunner().invoke(command, ["--help"]).output
    assert "Weight of means.  [pressed 2.0]" in shown
