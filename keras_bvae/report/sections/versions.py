"""What it ran on: backend, device, versions, time."""

from keras_bvae.evaluation.duration import duration_text
from keras_bvae.report.blocks import Section, Table
from keras_bvae.runs.run_folder import environment


def versions_section(subject):
    """The machine and the software of the run, and of this report.

    Args:
        subject: `Subject`.

    Returns:
        `Section`.
    """
    here = environment()
    if subject.record is None:
        table = Table("This report", ("", ""), tuple(_rows(here).items()))
        return Section("versions", "Versions", (table,))
    record = subject.record
    times = (
        ("started", _time_text(record["started"])),
        ("time in training", duration_text(record["seconds"])),
        *_speed(record, subject.settings.batch_size),
    )
    run, report = _rows(record), _rows(here)
    rows = tuple(
        (name, run.get(name, "–"), report.get(name, "–")) for name in {**run, **report}
    )
    blocks = (
        Table("Time", ("", ""), times),
        Table("Machine and software", ("", "the run", "this report"), rows),
    )
    return Section("versions", "Versions", blocks)


def _rows(environment):
    return {
        "backend": environment["backend"],
        "device": environment["device"],
        "platform": environment["platform"],
        **environment["versions"],
    }


def _speed(record, batch_size):
    if not record["seconds"] or not record["step"]:
        return []
    rate = batch_size * record["step"] / record["seconds"]
    return [("images a second", f"{rate:,.0f}")]


def _time_text(moment):
    """2026-11-21T23:43:30+00:00 as 2026-11-21 23:43 UTC."""
    return f"{moment[:10]} {moment[11:16]} UTC"
