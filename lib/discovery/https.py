"""Fetching one small file over HTTPS: through the guard of :mod:`..network`, within a deadline and a size, redirects
included.
"""

import http.client
import io
from contextlib import suppress
from urllib.parse import unquote, urljoin, urlsplit

from ..account import NetworkPolicy
from ..errors import SyncError
from ..network import Deadline, open_socket, secure
from ..transport import Transport
from .host_names import host_name, is_within

PORT = 443
#: the settings of a provider are a few thousand bytes
MOST_BYTES = 128 * 1024
MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def fetch(
    url: str, policy: NetworkPolicy, deadline: Deadline, private: tuple[str, str]
) -> bytes | None:
    """The file at an address; None for whatever reason there is none.

    :param private: a text and a domain: no address with this text in it is asked for elsewhere
    """
    with suppress(SyncError, OSError, http.client.HTTPException, ValueError):
        for _try in range(MOST_REDIRECTS + 1):
            host = _allowed_host(url, private)
            if not host:
                return None
            status, location, body = _get(host, url, policy, deadline)
            if status == 200:
                return body if len(body) <= MOST_BYTES else None
            if status not in _REDIRECTS or not location:
                return None
            url = urljoin(url, location)
    return None


def _allowed_host(url: str, private: tuple[str, str]) -> str | None:
    parts = urlsplit(url)
    host = host_name(parts.hostname or "")
    if parts.scheme != "https" or parts.port not in (None, PORT) or not host:
        return None
    text, domain = private
    if text in unquote(url) and not is_within(host, domain):
        return None
    return host


def _get(
    host: str, url: str, policy: NetworkPolicy, deadline: Deadline
) -> tuple[int, str | None, bytes]:
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _Connection(host, policy, deadline)
    try:
        connection.request("GET", path, headers={"Connection": "close", "Accept": "text/xml"})
        response = connection.getresponse()
        body = response.read(MOST_BYTES + 1) if response.status == 200 else b""
        return response.status, response.getheader("Location"), body
    finally:
        connection.drop()


class _Connection(http.client.HTTPConnection):
    """The standard library's, over a socket that was checked and has one deadline for everything."""

    default_port = PORT

    def __init__(self, host: str, policy: NetworkPolicy, deadline: Deadline):
        super().__init__(host)
        self._policy = policy
        self._deadline = deadline
        self._transport: Transport | None = None

    def connect(self) -> None:
        sock = open_socket(self.host, PORT, self._policy, self._deadline)
        sock = secure(sock, self.host, self._policy, self._deadline)
        self._transport = Transport(sock, self._deadline)
        self.sock = _Wire(self._transport)

    def drop(self) -> None:
        if self._transport:
            self._transport.close()


class _Wire:
    """What http.client needs of a socket."""

    def __init__(self, transport: Transport):
        self._transport = transport

    def sendall(self, data: bytes) -> None:
        self._transport.send_all(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._transport)

    def close(self) -> None:
        """Called before the answer is read; whoever made the connection ends it."""
