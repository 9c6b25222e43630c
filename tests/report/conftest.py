from headless_browser import browser, open_page  # noqa: F401
from small_run import run, trained_run  # noqa: F401
