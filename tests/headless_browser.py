"""A real browser without a window, for tests of pages; skipped where none is installed.

A conftest.py imports the fixtures, a test names one:

    from headless_browser import browser, open_page  # noqa: F401

    def test_page(open_page):
        page, heard = open_page("http://127.0.0.1:7860", width=390, height=844)
        ...
        heard.require_silence()
"""

import shutil

import pytest

# Desktop and phone, in CSS pixels.
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Heard:
    """What a page said and asked for.

    Attributes:
        complaints: list of str: console errors and warnings, uncaught exceptions and
            requests that failed.
        requests: list of str, every address that was asked for.
    """

    def __init__(self, page):
        self.complaints = []
        self.requests = []
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(f"thrown: {error}"))
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("requestfailed", self._on_failed)

    def require_silence(self):
        """Fails unless nothing was complained of."""
        assert self.complaints == []

    def outside(self, *starts):
        """The addresses that begin with none of `starts`."""
        return [url for url in self.requests if not url.startswith(starts)]

    def _on_console(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def _on_failed(self, request):
        self.complaints.append(f"failed: {request.url} ({request.failure})")


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium of playwright's, one for all tests of a file."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="needs playwright, of the extra `test`"
    )
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        pytest.skip("needs a browser: install chromium")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=program,
            # In a container there is no sandbox, and /dev/shm is small.
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser):
    """Function `(address, width, height, **context)` that opens a page.

    It returns playwright's page and what was `Heard`; the rest goes to `new_context`:
    `color_scheme="dark"`, `java_script_enabled=False` and the like.
    """
    contexts = []

    def open_at(address, width=DESKTOP["width"], height=DESKTOP["height"], **context):
        contexts.append(
            browser.new_context(viewport={"width": width, "height": height}, **context)
        )
        page = contexts[-1].new_page()
        heard = Heard(page)
        page.goto(str(address))
        return page, heard

    yield open_at
    for context in contexts:
        context.close()
