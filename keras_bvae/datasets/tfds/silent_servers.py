"""Downloads that fail at once where a server cannot be reached, not after minutes."""

import contextlib
import urllib.parse

# A name server that does not answer would otherwise cost TFDS three minutes of retries.
PROBE_SECONDS = 10


@contextlib.contextmanager
def failing_fast(builder):
    """While a data set is built, asks a server once before TFDS downloads from it.

    Files that lie in TFDS' folder already, from an earlier download or put there by
    hand, are not downloaded, so no server is asked for them.

    Args:
        builder: tfds.core.DatasetBuilder.
    """
    import tensorflow_datasets as tfds

    class Manager(tfds.download.DownloadManager):
        # What TFDS calls for each file that it lacks. Should the name change one day,
        # all that is lost is the haste.
        def _download(self, resource):
            require_answer(resource.url)
            return super()._download(resource)

    make = builder._make_download_manager

    def make_hasty(*arguments, **options):
        manager = make(*arguments, **options)
        if type(manager) is tfds.download.DownloadManager:
            manager.__class__ = Manager
        return manager

    builder._make_download_manager = make_hasty
    try:
        yield
    finally:
        del builder._make_download_manager


def require_answer(url):
    """Raises what `requests` does where a server cannot be reached; any answer will do.

    Args:
        url: str, a file on that server.
    """
    import requests

    place = urllib.parse.urlsplit(url)
    if place.scheme in ("http", "https"):
        requests.head(f"{place.scheme}://{place.netloc}", timeout=PROBE_SECONDS)
