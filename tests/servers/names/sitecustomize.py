"""Lets servers of a test have names and ports like real ones, in a process whose PYTHONPATH has this folder.

``TEST_HOSTS`` is JSON: name -> port on loopback. The addon resolves a host with ``socket.getaddrinfo`` and connects to
what comes back (lib/network.py).
"""

import json
import os
import socket

_PORTS = json.loads(os.environ.get("TEST_HOSTS", "{}"))
_real = socket.getaddrinfo


def _getaddrinfo(host, port, *args, **kwargs):
    if host in _PORTS:
        host, port = "127.0.0.1", _PORTS[host]
    return _real(host, port, *args, **kwargs)


socket.getaddrinfo = _getaddrinfo
