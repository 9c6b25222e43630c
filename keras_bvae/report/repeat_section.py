"""The command that repeats a run, and those that go on from it."""

import dataclasses
import shlex

from keras_bvae.files.folders import as_typed
from keras_bvae.report.page import Command, Section, Text
from keras_bvae.runs import Settings

# They decide what other options are by default, so they are compared before those.
_FIRST = ("objective", "epochs", "steps", "learning_rate", "beta_schedule", "lambda_od")


def repeat_section(subject):
    """Commands to copy.

    Args:
        subject: `OpenedRun`.

    Returns:
        `Section`.
    """
    if subject.record is None:
        return Section("repeat", "Repeat it", tuple(_for_checkpoint(subject)))
    folder = as_typed(subject.title)
    checkpoint = as_typed(f"{subject.title}/ckpt.keras")
    backend = subject.record["backend"]
    return Section(
        "repeat",
        "Repeat it",
        (
            Command("Train it again", repeat_command(subject.settings, backend)),
            Text(
                "The same seed draws the same initial weights, batches and noise; "
                "digits may differ on another device or with other versions."
            ),
            Command(
                "Train it further, in the folder that holds the run",
                f"kbvae train --resume {folder} --steps {_further(subject)}",
            ),
            Command(
                "Measure it by a published protocol",
                f"kbvae evaluate {checkpoint} --metrics all",
            ),
        ),
    )


def repeat_command(settings, backend):
    """`kbvae train …` as a shell takes it.

    Args:
        settings: `Settings` of the run.
        backend: str, the backend it ran on.

    Returns:
        str; typed, it makes these settings again.
    """
    typed, preset = typed_options(settings)
    words = ["kbvae", "train", "--backend", backend]
    if preset is not None:
        words += ["--preset", preset]
    for name, value in typed.items():
        words += _option(name, value)
    return shlex.join(words)


def typed_options(settings):
    """The fewest options that make the settings.

    Args:
        settings: `Settings`.

    Returns:
        `(options, preset)`: a dict by the field's name, and a preset's name or None.
    """
    for preset in (settings.preset, None):
        typed = _difference(settings, preset)
        made = _made(preset, typed, settings)
        if _without_preset(made) == _without_preset(settings):
            return typed, preset
    return typed, None  # an option that nobody can type, such as an empty one


def _further(subject):
    """To its end where a run was stopped before it, else as far again."""
    steps = subject.settings.steps
    return steps if subject.record["step"] < steps else 2 * steps


def _for_checkpoint(subject):
    file = as_typed(subject.checkpoint.name)
    data = shlex.quote(subject.dataset.name)
    if subject.kept_by is None:
        yield Text("How this checkpoint was trained is not recorded.")
    else:
        run = as_typed(subject.kept_by)
        yield Command("See how its run was trained", f"kbvae report {run}")
    yield Command("Write this report again", f"kbvae report {file} --data {data}")
    yield Command(
        "Measure it by a published protocol",
        f"kbvae evaluate {file} --data {data} --metrics all",
    )


def _option(name, value):
    words = [f"--{name.replace('_', '-')}"]
    if isinstance(value, bool):  # a flag
        return words
    return [*words, f"{value:g}" if _is_short(value) else str(value)]


def _is_short(value):
    """Whether a float is written in few digits without becoming another one."""
    return isinstance(value, float) and float(f"{value:g}") == value


def _difference(settings, preset):
    """Options to type beside the preset, in the order of `Settings`."""
    names = [field.name for field in dataclasses.fields(Settings)]
    names.remove("preset")
    typed = {}
    for name in (*_FIRST, *names):
        value = getattr(settings, name)
        reference = _made(preset, typed, settings)
        if value is not None and getattr(reference, name) != value:
            typed[name] = value
    return {name: typed[name] for name in names if name in typed}


def _made(preset, typed, settings):
    """What is made of the options, where epochs are as many steps as there were."""
    made = Settings.from_preset(preset, **typed)
    if made.steps is not None:
        return made
    return dataclasses.replace(made, steps=settings.steps)


def _without_preset(settings):
    return dataclasses.replace(settings, preset=None)
