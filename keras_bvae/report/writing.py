"""From a run to its report: measure what is missing, draw, write the file whole."""

from datetime import UTC, datetime
from pathlib import Path

from keras_bvae.errors import InvalidValue, IsAFolder, KerasBVAEError
from keras_bvae.files.reading import read_bytes
from keras_bvae.files.result_file import require_result_path
from keras_bvae.files.whole_file import whole_file
from keras_bvae.report.description import description
from keras_bvae.report.drawn_sections import (
    curves_section,
    data_section,
    heat_maps_section,
    map_section,
    reconstructions_section,
    responses_section,
    samples_section,
    traversals_section,
)
from keras_bvae.report.measured import measured
from keras_bvae.report.page import page
from keras_bvae.report.repeat_section import repeat_section
from keras_bvae.report.run_sections import run_section, scores_section, versions_section
from keras_bvae.runs import beside, open_run
from keras_bvae.version import __version__

ENDINGS = (".html", ".htm")
# By which an earlier report is known, and how large one may be.
_SIGNATURE = "Written by kbvae report"
_MOST_BYTES = 64 * 2**20
# What progress is reported of, beside the metrics by their names.
WRITING = "report"


def write_report(path, out=None, data=None, quick=True, measure=True, progress=None):
    """Writes all about a run, or a checkpoint, into one HTML file.

    The file needs no other: styles, pictures and the few lines of script lie in it. It
    stays below 10 MB. Scores that nobody measured yet are measured for it.

    Args:
        path: a run's folder or a `.keras` file, as for `open_run`.
        out: file to write, ending in .html; None: report.html in the run's folder,
            NAME-report.html beside another checkpoint.
        data: name of a data set; None: the run's.
        quick: bool, whether missing scores are measured on fewer images: seconds
            instead of minutes. They are labelled as such.
        measure: bool; False: no score is measured.
        progress: None or function `(name, done, total)`, the name a metric's or
            `WRITING`.

    Returns:
        Path, the file.

    Raises:
        InvalidValue: another ending, a damaged run, or data of another size.
        OSError: there is no such run, or the file cannot be written. Nothing is
            written then.
    """
    if out is not None:
        require_report_path(out)
    subject = open_run(path, data)
    out = Path(beside(path, "report.html") if out is None else out)
    require_report_path(out)
    text = _report(subject, quick, measure, progress)
    with whole_file(out) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return out


def require_report_path(path):
    """Raises unless a report could be written there.

    Args:
        path: str or Path.

    Raises:
        InvalidValue: another ending than .html or .htm.
        OSError: it is a folder, its folder cannot be written, or something else is
            there that is no report.
    """
    path = Path(path)
    if path.suffix.lower() not in ENDINGS:
        raise InvalidValue(
            f"A report's name must end in .html; received {str(path)!r}. "
            f"Use {(path.stem or 'report') + '.html'!r}."
        )
    if path.is_dir():
        raise IsAFolder(
            f"A report's path must name a file; received the folder {str(path)!r}. "
            "Add a file name to it."
        )
    require_result_path(path, _is_earlier, "A report")


def _is_earlier(path):
    try:
        content = read_bytes(path, _MOST_BYTES)
    except KerasBVAEError:
        return False
    is_page = content[:15].lower() == b"<!doctype html>"
    return is_page and f"{_SIGNATURE}, keras-bvae ".encode() in content


def _report(subject, quick, measure, progress):
    found = measured(subject, quick, measure, progress)
    makers = (
        lambda: run_section(subject, found),
        lambda: curves_section(subject),
        lambda: reconstructions_section(subject),
        lambda: samples_section(subject),
        lambda: traversals_section(subject),
        lambda: responses_section(subject),
        lambda: map_section(subject),
        lambda: scores_section(subject, found),
        lambda: heat_maps_section(subject, found),
        lambda: data_section(subject),
        lambda: versions_section(subject),
        lambda: repeat_section(subject),
    )
    sections = []
    for number, make in enumerate(makers, start=1):
        sections.append(make())
        if progress is not None:
            progress(WRITING, number, len(makers))
    return page(subject.title, description(subject), sections, _footer())


def _footer():
    moment = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"{_SIGNATURE}, keras-bvae {__version__}, on {moment}."
