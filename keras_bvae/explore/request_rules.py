"""What the page's server answers: requests to this machine, from its own page, small.

A page from elsewhere can have the browser ask a server on this machine, if its name is
made to point here (DNS rebinding); but then the request says by what name it came. And
whoever may ask may not fill the memory.
"""

import ipaddress
import socket
from urllib.parse import urlsplit

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
# A photo of 100 megapixels has less.
MOST_FILE_BYTES = 64 * 2**20
# Around a file there are its name and boundaries; everything else is far smaller.
MOST_BODY_BYTES = MOST_FILE_BYTES + 2**20
_FORBIDDEN, _TOO_LARGE = 403, 413
_POLICY_VIOLATION = 1008  # of WebSocket


class RequestRules:
    """ASGI middleware that refuses what does not belong to the page.

    Args:
        app: ASGI application.
        host: str, the address that the server listens on.
        most_bytes: int, of a request's body.
    """

    def __init__(self, app, host, most_bytes=MOST_BODY_BYTES):
        self.app = app
        self.names = {*LOOPBACK_NAMES, _bare(host)}
        self.takes_addresses = _is_everywhere(host)
        if self.takes_addresses:
            self.names.add(socket.gethostname().lower())
            self.names.add(socket.getfqdn().lower())
        self.most_bytes = most_bytes

    async def __call__(self, scope, receive, send):
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope["headers"])
        if refusal is None:
            await self.app(scope, self._counted(receive), send)
        elif scope["type"] == "http":
            await _answer(send, *refusal)
        else:
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})

    def _refusal(self, headers):
        """Status and sentence; None: it may pass."""
        values = {}
        for name, value in headers:
            values.setdefault(name.lower(), []).append(value.decode("latin-1"))
        hosts = values.get(b"host", [])
        if len(hosts) != 1 or not self._is_ours(hosts[0]):
            return _FORBIDDEN, (
                "This page is for its own address only. Open the one that was printed, "
                "or name yours with --host."
            )
        # Browsers send it with whatever changes something, and with WebSockets.
        own = hosts[0].lower()
        if any(_place_of(origin) != own for origin in values.get(b"origin", [])):
            return _FORBIDDEN, "This page answers to itself only, not to other pages."
        length = values.get(b"content-length", ["0"])[0]
        if length.isascii() and length.isdigit() and self._is_too_long(length):
            return _TOO_LARGE, self._too_large()
        return None

    def _is_ours(self, host):
        name = _bare(host, with_port=True)
        return name in self.names or (self.takes_addresses and _is_address(name))

    def _is_too_long(self, digits):
        return len(digits) > 18 or int(digits) > self.most_bytes

    def _too_large(self):
        return f"A file may have {MOST_FILE_BYTES // 2**20} MB at most."

    def _counted(self, receive):
        """`receive`, which ends the request once it has brought too much."""
        from starlette.exceptions import HTTPException

        received = 0

        async def counted():
            nonlocal received
            message = await receive()
            received += len(message.get("body", b"") or message.get("bytes") or b"")
            if received > self.most_bytes:
                raise HTTPException(_TOO_LARGE, self._too_large())
            return message

        return counted


def _bare(host, with_port=False):
    """A host's name in small letters, without brackets, port or a dot at its end."""
    if not with_port and ":" in host and not host.startswith("["):
        host = f"[{host}]"
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
    return name.removesuffix(".")


def _place_of(origin):
    """Host and port of an Origin header; "" for `null` and the like."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _is_address(name):
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True


def _is_everywhere(host):
    """Whether a server listens on all addresses of the machine."""
    try:
        return ipaddress.ip_address(_bare(host)).is_unspecified
    except ValueError:
        return False


async def _answer(send, status, sentence):
    kind = (b"content-type", b"text/plain; charset=utf-8")
    start = {"type": "http.response.start", "status": status, "headers": [kind]}
    await send(start)
    await send({"type": "http.response.body", "body": sentence.encode()})
