"""Lets the demo's mail server have a name and port like a real one, for this process only.

Without it every screenshot would say "localhost" and a port that nobody has ever seen. The addon resolves a
host with ``socket.getaddrinfo`` and connects to what comes back (lib/network.py).
"""

import os
import socket

_HOST = "imap.kestreltea.example"
_real = socket.getaddrinfo


def _getaddrinfo(host, port, *args, **kwargs):
    if host == _HOST and "SCREENSHOT_IMAP_PORT" in os.environ:
        host, port = "127.0.0.1", int(os.environ["SCREENSHOT_IMAP_PORT"])
    return _real(host, port, *args, **kwargs)


socket.getaddrinfo = _getaddrinfo
