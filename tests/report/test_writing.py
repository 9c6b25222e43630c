import re

import pytest
from headless_browser import DESKTOP, PHONE
from small_run import load_squares

from keras_bvae.report import write_report
from keras_bvae.report.writing import WRITING, require_report_path

TITLES = [
    "What was run",
    "Curves",
    "Reconstructions",
    "Samples from the prior",
    "Traversals",
    "Latent responses",
    "Map of the latent space",
    "Scores",
    "Heat maps",
    "Data",
    "Versions",
    "Repeat it",
]


@pytest.fixture(scope="module")
def written(trained_run, tmp_path_factory):
    """The report of a run, and what progress was told."""
    told = []
    with pytest.MonkeyPatch.context() as patch:
        load_squares(patch)
        out = tmp_path_factory.mktemp("reports") / "beta4.html"
        file = write_report(trained_run, out, progress=lambda *news: told.append(news))
    return file, told


def test_the_report_is_one_small_file(written):
    file, told = written
    assert [path.name for path in file.parent.iterdir()] == ["beta4.html"]
    assert 50_000 < file.stat().st_size < 10_000_000
    assert told[-1] == (WRITING, len(TITLES), len(TITLES))
    assert "quick_dci" in [name for name, *_ in told]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_in_a_browser_every_section_is_there_and_nothing_fails(
    written, open_page, size
):
    address = written[0].as_uri()
    page, heard = open_page(address, **size)
    page.wait_for_load_state("load")
    assert page.locator("h2").all_inner_texts() == TITLES
    for section in page.locator("section").all():
        assert section.is_visible()
        box = section.bounding_box()
        assert box["width"] > 300
        assert box["height"] > 60
        assert box["x"] + box["width"] <= size["width"]
    pictures = page.locator("figure img")
    assert pictures.count() == 10
    for picture in pictures.all():
        assert picture.evaluate("image => image.naturalWidth") > 100
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert heard.outside(address, "data:") == []
    heard.require_silence()


def test_the_navigation_leads_to_each_section(written, open_page):
    page, heard = open_page(written[0].as_uri(), **PHONE, reduced_motion="reduce")
    for link in page.locator("nav a").all():
        link.click()
        anchor = link.get_attribute("href")
        top = page.locator(anchor).bounding_box()["y"]
        last = page.evaluate("scrollY + innerHeight >= document.body.scrollHeight - 2")
        assert abs(top) < 80 or last
    heard.require_silence()


def test_the_command_is_copied(written, open_page):
    page, heard = open_page(
        written[0].as_uri(), permissions=["clipboard-read", "clipboard-write"]
    )
    page.locator(".command button").first.click()
    page.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith(
        "kbvae train --backend"
    )
    heard.require_silence()


def test_it_reads_without_script_and_in_the_dark(written, open_page):
    page, _ = open_page(
        written[0].as_uri(), java_script_enabled=False, color_scheme="dark"
    )
    assert page.locator("h2").all_inner_texts() == TITLES
    assert page.locator(".command button").first.is_hidden()


def test_a_dark_page_is_dark_and_its_pictures_are_on_paper(written, open_page):
    page, _ = open_page(written[0].as_uri(), color_scheme="dark")
    color = "element => getComputedStyle(element).backgroundColor"
    assert page.locator("body").evaluate(color) == "rgb(23, 24, 26)"
    assert page.locator(".paper").first.evaluate(color) == "rgb(250, 250, 248)"


def test_on_paper_nothing_is_lost(written, open_page):
    page, _ = open_page(written[0].as_uri(), **DESKTOP)
    page.emulate_media(media="print")
    assert page.locator("nav").is_hidden()
    assert page.locator("h2").all_inner_texts() == TITLES
    assert len(page.pdf()) > 50_000


def test_by_default_it_lies_in_the_runs_folder(run, monkeypatch):
    monkeypatch.setattr("keras_bvae.report.writing._report", lambda *_: "<p>β</p>")
    assert write_report(run) == run / "report.html"
    assert (run / "report.html").read_text(encoding="utf-8") == "<p>β</p>"


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("report.pdf", ValueError, "must end in .html; received"),
        ("folder.html", IsADirectoryError, "must name a file"),
        ("gone/report.html", NotADirectoryError, "existing folder"),
    ],
)
def test_places_that_cannot_hold_a_report(tmp_path, name, error, words):
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(error, match=re.escape(words)):
        require_report_path(tmp_path / name)


def test_a_failure_while_drawing_leaves_the_old_report(run, monkeypatch):
    def fail(subject):
        raise RuntimeError("no more memory")

    old = "<!doctype html> … Written by kbvae report, keras-bvae 0.5.0, on 1 May."
    (run / "report.html").write_text(old)
    before = sorted(path.name for path in run.iterdir())
    monkeypatch.setattr("keras_bvae.report.writing.samples_section", fail)
    with pytest.raises(RuntimeError, match="no more memory"):
        write_report(run, measure=False)
    assert (run / "report.html").read_text() == old
    assert sorted(path.name for path in run.iterdir()) == before
