import os
import socket
import urllib.error
import urllib.request

import pytest

from keras_bvae.explore.server import require_free, serve


def test_a_page_is_served_on_loopback_until_it_is_closed(monkeypatch):
    gradio = pytest.importorskip(
        "gradio", reason="needs Gradio, of the extra `explore`"
    )
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # nothing listens there
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with gradio.Blocks(title="a title", analytics_enabled=False) as blocks:
        gradio.HTML("words")
    address = serve(blocks)
    try:
        assert address.startswith("http://127.0.0.1:")
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        assert b"a title" in direct.open(address).read()
        with pytest.raises(urllib.error.HTTPError, match="403"):
            direct.open(urllib.request.Request(address, headers={"Host": "a.example"}))
        assert blocks.max_file_size == 64 * 2**20
        assert blocks.share_url is None
        assert "no_proxy" not in os.environ
    finally:
        blocks.close(verbose=False)


def test_a_port_that_is_taken_is_refused():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=rf"127\.0\.0\.1, port {port} cannot be used"):
            require_free("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_of_another_machine_is_refused(host):
    # 192.0.2.0/24 and .invalid belong to nobody: RFC 5737, RFC 2606.
    with pytest.raises(OSError, match=f"{host} cannot be used"):
        require_free(host, None)


def test_any_port_is_free_enough():
    require_free("127.0.0.1", 0)
    require_free("127.0.0.1", None)


@pytest.mark.parametrize("port", [-1, 65536, 80.5])
def test_a_port_that_no_machine_has_is_refused(port):
    with pytest.raises(
        ValueError, match=f"from 0 to 65535, or None; received port={port}"
    ):
        require_free("127.0.0.1", port)
