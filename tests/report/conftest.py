import shutil

import pytest
from headless_browser import browser, open_page  # noqa: F401
from small_run import load_squares, make_run


@pytest.fixture(scope="session")
def trained_run(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("runs") / "beta4")


@pytest.fixture
def run(trained_run, tmp_path, monkeypatch):
    """A folder of a run's that the test may change."""
    load_squares(monkeypatch)
    return shutil.copytree(trained_run, tmp_path / "beta4")
