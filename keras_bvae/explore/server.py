"""Serves the page on this machine."""

import contextlib
import os
import socket

from keras_bvae.errors import Unusable
from keras_bvae.explore.request_rules import MOST_FILE_BYTES, RequestRules
from keras_bvae.rules import require_whole

LOOPBACK = "127.0.0.1"


def serve(blocks, host=LOOPBACK, port=None, open_browser=False):
    """Starts a web server for a page and returns at once.

    Nothing leaves the machine: no share link, no statistics, no fonts from elsewhere.
    Requests by another name than the server's, from other pages, or of too many bytes
    are refused: see `RequestRules`.

    Args:
        blocks: what `explorer` returned.
        host: str, the address to listen on; the default is reached from this machine
            only.
        port: int, or None or 0 for a free one.
        open_browser: bool.

    Returns:
        str, the page's address. `blocks.close()` ends the server.

    Raises:
        ValueError: the port is no number of one.
        OSError: the port is taken, or the host is none of this machine's.
    """
    require_free(host, port)
    from starlette.middleware import Middleware  # comes with Gradio

    with _no_proxy_for(host):
        blocks.launch(
            server_name=host,
            server_port=port or None,
            inbrowser=open_browser,
            prevent_thread_lock=True,
            quiet=True,
            inline=False,
            share=False,
            ssr_mode=False,
            footer_links=[],
            max_file_size=MOST_FILE_BYTES,
            app_kwargs={"middleware": [Middleware(RequestRules, host=host)]},
        )
    return blocks.local_url


def require_free(host, port):
    """Raises unless a server can listen there.

    Args:
        host: str.
        port: int, or None or 0 for any.

    Raises:
        ValueError: the port is none.
        OSError: it cannot.
    """
    require_whole(
        "port", port, 0, 65535, advice="Leave it out for a free one.", optional=True
    )
    try:
        family = socket.getaddrinfo(host, port or 0, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port or 0))
    except OSError as error:
        where = f"{host}, port {port}" if port else host
        raise Unusable(
            f"The page needs an address of this machine and a free port; {where} "
            f"cannot be used ({error.strerror or error}). Leave out --port to take a "
            "free one, and --host to stay on this machine."
        ) from error


@contextlib.contextmanager
def _no_proxy_for(host):
    """Gradio asks its own server whether it runs: not through a company's proxy."""
    before = os.environ.get("no_proxy")
    known = before or os.environ.get("NO_PROXY")
    os.environ["no_proxy"] = ",".join(filter(None, (known, host, "localhost")))
    try:
        yield
    finally:
        if before is None:
            del os.environ["no_proxy"]
        else:
            os.environ["no_proxy"] = before
