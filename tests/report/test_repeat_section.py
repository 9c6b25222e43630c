import dataclasses
import shlex
from pathlib import Path

import pytest
from small_model import small_model
from small_run import subject

from kbvae.commands import train
from keras_bvae.report.repeat_section import (
    repeat_command,
    repeat_section,
    typed_options,
)
from keras_bvae.runs.length import with_steps
from keras_bvae.runs.settings import PRESETS, Settings

RUNS = [
    Settings(),
    Settings(beta=0.30000000000000004, steps=20_000, seed=7, latent_dim=16),
    Settings(objective="annealed_vae", steps=900),
    Settings(objective="annealed_vae", steps=900, capacity_steps=300, capacity=12.5),
    # Trained further: the capacity still rises over the 3,000 steps of before.
    dataclasses.replace(Settings(objective="annealed_vae"), steps=6000),
    Settings(objective="dip_vae_i", lambda_od=3.0),
    Settings(objective="dip_vae_ii", lambda_od=3.0, lambda_d=3.5),
    Settings(beta_schedule="cyclic", beta_start=0.5, steps=1000),
    Settings(beta_schedule="linear", beta_steps=10),
    Settings(objective="factor_vae", learning_rate=1e-3),
    Settings(data="images:my pictures; rm -rf", likelihood="gaussian"),
    with_steps(Settings(epochs=3, validation=0.1, early_stopping=4), 25),
    with_steps(Settings.from_preset("burgess2018", epochs=3), 25),
    with_steps(Settings(epochs=3, beta_schedule="cosine", warm_up_steps=9), 25),
    Settings(learning_rate_schedule="exponential", init_from="runs/my first; rm"),
    Settings(learning_rate_schedule="linear", learning_rate_end=1e-6, steps=500),
    *(Settings.from_preset(preset) for preset in PRESETS),
    Settings.from_preset("burgess2018", steps=500, capacity=5.0),
    Settings.from_preset("locatello2019", objective="factor_vae", gamma=35.0),
]


def typed_into_train(line):
    """What `kbvae train` makes of the line: its preset and options."""
    context = train.command.make_context("train", shlex.split(line)[2:])
    typed = {k: v for k, v in context.params.items() if v is not None}
    return Settings.from_preset(
        typed.get("preset"),
        **{
            field.name: typed[field.name]
            for field in dataclasses.fields(Settings)
            if field.name in typed and field.name != "preset"
        },
    )


@pytest.mark.parametrize("settings", RUNS, ids=str)
def test_typed_again_it_is_the_same_run(settings):
    line = repeat_command(settings, "jax")
    assert line.startswith("kbvae train --backend jax")
    typed = typed_into_train(line)
    if typed.steps is None:  # until the data are known
        typed = with_steps(typed, settings.steps // settings.epochs)
    assert typed == settings


def test_defaults_are_not_typed():
    assert repeat_command(Settings(), "torch") == "kbvae train --backend torch"
    assert typed_options(Settings()) == ({}, None)


def test_only_what_differs_is_typed():
    line = repeat_command(Settings(beta=8.0, learning_rate=1e-4), "jax")
    assert line == "kbvae train --backend jax --beta 8 --learning-rate 0.0001"
    line = repeat_command(Settings.from_preset("higgins2017", seed=2), "jax")
    assert line == "kbvae train --backend jax --preset higgins2017 --seed 2"


def test_a_preset_that_has_changed_since_is_typed_out():
    before = dataclasses.replace(
        Settings.from_preset("higgins2017"), preset="higgins2017", latent_dim=None
    )
    typed, preset = typed_options(before)
    assert preset is None
    assert typed["network"] == "higgins2017"


def test_the_shell_gets_one_word_for_a_name_with_blanks():
    line = repeat_command(Settings(data="images:my pictures"), "jax")
    assert "--data 'images:my pictures'" in line


def lines(about):
    blocks = repeat_section(about).blocks
    return [block.line for block in blocks if block.kind == "command"]


def test_a_run_is_trained_again_and_further():
    assert lines(subject(small_model(), title="my run")) == [
        "kbvae train --backend torch --data squares --batch-size 8 --steps 40 --seed 3 "
        "--checkpoint-every 20",
        "kbvae train --resume 'my run' --steps 80",
        "kbvae evaluate 'my run/ckpt.keras' --metrics all",
    ]


def test_a_run_that_was_stopped_goes_on_to_its_end():
    about = subject(small_model(), record={"status": "interrupted", "step": 20})
    assert "kbvae train --resume beta4 --steps 40" in lines(about)


def test_a_checkpoint_alone_is_reported_and_measured_again():
    alone = {"title": "best", "checkpoint": Path("best.keras"), "record": None}
    about = dataclasses.replace(subject(small_model()), **alone)
    assert lines(about) == [
        "kbvae report best.keras --data squares",
        "kbvae evaluate best.keras --data squares --metrics all",
    ]


def test_a_checkpoint_that_a_run_kept_leads_to_the_run():
    kept = Path("my run") / "checkpoints" / "step-000030.keras"
    about = subject(small_model(), title=kept.stem, checkpoint=kept, kept_by="my run")
    about = dataclasses.replace(about, record=None)
    assert lines(about)[:2] == [
        "kbvae report 'my run'",
        "kbvae report step-000030.keras --data squares",
    ]
    texts = [block.text for block in repeat_section(about).blocks]
    assert not any("not recorded" in text for text in texts)
