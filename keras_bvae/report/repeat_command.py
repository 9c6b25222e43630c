"""The command that trains a run once more: every option that is no default."""

import dataclasses
import shlex

from keras_bvae.runs.settings import Settings

# They decide what other options are by default, so they are compared before those.
_FIRST = ("objective", "steps", "learning_rate", "beta_schedule", "lambda_od")


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
        made = Settings.from_preset(preset, **typed)
        if _without_preset(made) == _without_preset(settings):
            return typed, preset
    return typed, None  # an option that nobody can type, such as an empty one


def _difference(settings, preset):
    """Options to type beside the preset, in the order of `Settings`."""
    names = [field.name for field in dataclasses.fields(Settings)]
    names.remove("preset")
    typed = {}
    for name in (*_FIRST, *names):
        value = getattr(settings, name)
        reference = Settings.from_preset(preset, **typed)
        if value is not None and getattr(reference, name) != value:
            typed[name] = value
    return {name: typed[name] for name in names if name in typed}


def _option(name, value):
    words = [f"--{name.replace('_', '-')}"]
    if isinstance(value, bool):  # a flag
        return words
    return [*words, f"{value:g}" if _is_short(value) else str(value)]


def _is_short(value):
    """Whether a float is written in few digits without becoming another one."""
    return isinstance(value, float) and float(f"{value:g}") == value


def _without_preset(settings):
    return dataclasses.replace(settings, preset=None)
