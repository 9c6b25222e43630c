import asyncio

import pytest

from keras_bvae.explore.request_rules import MOST_BODY_BYTES, RequestRules


async def page(scope, receive, send):
    """Reads all of a request and says yes."""
    if scope["type"] == "http":
        while (await receive()).get("more_body"):
            pass
    await send({"type": "yes"})


def answer(headers, host="127.0.0.1", kind="http", bodies=(b"",), most=1000):
    """What is sent first to a request with these headers, to a server on `host`."""
    sent = []
    left = list(bodies)

    async def receive():
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message):
        sent.append(message)

    pairs = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    rules = RequestRules(page, host, most)
    asyncio.run(rules({"type": kind, "headers": pairs}, receive, send))
    return sent[0]


def is_let_in(*headers, **more):
    first = answer(headers, **more)
    if first["type"] == "yes":
        return True
    assert first.get("status") == 403 or first == {
        "type": "websocket.close",
        "code": 1008,
    }
    return False


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    ("host", "served_on", "is_own"),
    [
        ("localhost", "127.0.0.1", True),
        ("LocalHost.:7860", "127.0.0.1", True),
        ("127.0.0.1:7860", "127.0.0.1", True),
        ("[::1]:7860", "127.0.0.1", True),
        ("evil.example", "127.0.0.1", False),
        ("evil.example:7860", "127.0.0.1", False),
        ("localhost.evil.example", "127.0.0.1", False),
        ("localhost@evil.example", "127.0.0.1", False),
        ("192.168.1.5", "127.0.0.1", False),
        ("[::1", "127.0.0.1", False),
        ("", "127.0.0.1", False),
        ("192.168.1.5:80", "192.168.1.5", True),
        ("my-machine", "My-Machine", True),
        ("other-machine", "my-machine", False),
        # Who listens on all addresses is reached by each of them, by no name of others.
        ("192.168.1.5", "0.0.0.0", True),
        ("[fe80::1]:7860", "::", True),
        ("evil.example", "0.0.0.0", False),
    ],
)
def test_a_request_must_come_by_the_servers_own_name(kind, host, served_on, is_own):
    assert is_let_in(("host", host), host=served_on, kind=kind) == is_own


def test_a_request_without_a_name_or_with_two_is_refused():
    assert not is_let_in()
    assert not is_let_in(("host", "localhost"), ("host", "localhost"))


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    ("origin", "is_own"),
    [
        ("http://localhost:7860", True),
        ("http://localhost:8000", False),  # another program's page on this machine
        ("http://evil.example", False),
        ("null", False),
        ("http://[", False),
    ],
)
def test_a_request_must_come_from_the_servers_own_page(kind, origin, is_own):
    headers = ("host", "localhost:7860"), ("origin", origin)
    assert is_let_in(*headers, kind=kind) == is_own


def test_a_body_that_is_too_long_is_refused_before_it_is_read():
    for length in ("1001", "9" * 5000):
        headers = ("host", "localhost"), ("content-length", length)
        assert answer(headers)["status"] == 413
    assert is_let_in(("host", "localhost"), ("content-length", "1000"))


def test_a_body_that_does_not_tell_its_length_is_counted():
    starlette = pytest.importorskip(
        "starlette.exceptions", reason="needs Gradio, of the extra `explore`"
    )
    with pytest.raises(starlette.HTTPException, match="64 MB at most") as caught:
        answer([("host", "localhost")], bodies=[b"x" * 400] * 3)
    assert caught.value.status_code == 413
    assert is_let_in(("host", "localhost"), bodies=[b"x" * 400] * 2)


def test_the_server_itself_is_left_alone():
    assert answer([], kind="lifespan")["type"] == "yes"


def test_a_picture_of_the_most_bytes_has_room_for_its_name():
    assert MOST_BODY_BYTES - 64 * 2**20 == 2**20
