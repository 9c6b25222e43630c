"""The command that repeats a run, and those that go on from it."""

import shlex

from keras_bvae.report.blocks import Command, Section, Text
from keras_bvae.report.repeat_command import repeat_command


def repeat_section(subject):
    """Commands to copy.

    Args:
        subject: `Subject`.

    Returns:
        `Section`.
    """
    if subject.record is None:
        return Section("repeat", "Repeat it", tuple(_for_checkpoint(subject)))
    folder = shlex.quote(subject.title)
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
                f"kbvae evaluate {folder}/ckpt.keras --metrics all",
            ),
        ),
    )


def _further(subject):
    """To its end where a run was stopped before it, else as far again."""
    steps = subject.settings.steps
    return steps if subject.record["step"] < steps else 2 * steps


def _for_checkpoint(subject):
    file = shlex.quote(f"{subject.title}.keras")
    data = shlex.quote(subject.dataset.name)
    if subject.kept_by is None:
        yield Text("How this checkpoint was trained is not recorded.")
    else:
        run = shlex.quote(subject.kept_by)
        yield Command("See how its run was trained", f"kbvae report {run}")
    yield Command("Write this report again", f"kbvae report {file} --data {data}")
    yield Command(
        "Measure it by a published protocol",
        f"kbvae evaluate {file} --data {data} --metrics all",
    )
