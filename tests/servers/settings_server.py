"""An HTTPS server on loopback, for the settings that domains publish for mail programs."""

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1"><emailProvider id="{host}"><domain>%EMAILDOMAIN%</domain>
<incomingServer type="pop3"><hostname>pop.{host}</hostname><port>995</port><socketType>SSL</socketType></incomingServer>
<incomingServer type="imap"><hostname>{host}</hostname><port>{port}</port><socketType>{security}</socketType>
<username>{login}</username><authentication>password-cleartext</authentication></incomingServer>
</emailProvider></clientConfig>"""


def settings(host, port=993, security="SSL", login="%EMAILADDRESS%"):
    """Return the settings that name a server."""
    return SETTINGS.format(host=host, port=port, security=security, login=login).encode()


class SettingsServer:
    """On a free port, under any name; use it as a context manager.

    :param certificate: of :class:`.certificates.CertificateAuthority`
    :ivar pages: (name of the host, path without its question) -> (status, headers, body)
    :ivar asked: (name of the host, path with its question) of all requests
    """

    def __init__(self, certificate):
        self._certificate = certificate
        self.pages = {}
        self.asked = []

    def __enter__(self):
        owner = self

        class Handler(_Handler):
            pages, asked = owner.pages, owner.asked

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._certificate.certificate, self._certificate.key)
        # the handshake belongs to the thread of its connection, or one that is given up would end all
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._server.handle_error = lambda *_args: None
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_exc_info):
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    pages, asked = {}, []

    def do_GET(self):
        host, path = self.headers["Host"], self.path.partition("?")[0]
        self.asked.append((host, self.path))
        status, headers, body = self.pages.get((host, path), (404, {}, b""))
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        """Tests say what went wrong."""
