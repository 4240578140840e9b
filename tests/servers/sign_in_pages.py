"""Stand-ins for the sign-in pages and token services of Google and Microsoft, and for what tells servers of tokens.

They follow RFC 6749 (codes, tokens, errors), RFC 7662 (whose a token is), and what both providers do besides:
Microsoft gives another refresh token with each access token, Google keeps the first.
"""

import base64
import html
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT = {"client_id": "odoo-client", "client_secret": "odoo-client-secret"}


class SignInPages:
    """Both providers on one free port; use it as a context manager.

    :ivar account: the address of whoever sits in front of the page
    :ivar asks: whether the page asks; False: it remembers what was allowed before, and sends back at once
    :ivar lifetime: seconds for which access tokens last
    :ivar failure: (HTTP status, error code) with which token services answer; None: they work
    :ivar given: all tokens that were given out, to look for where they must not be; codes, which work once, are not
        among them
    """

    def __init__(self):
        self.account = None
        self.asks = True
        self.lifetime = 3600
        self.failure = None
        self.given = []
        self._codes = {}
        self._refresh = {}
        self._access = {}
        self._server = None

    def __enter__(self):
        pages = self

        class Handler(_Handler):
            owner = pages

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exc_info):
        self._server.shutdown()
        self._server.server_close()

    def url(self, path):
        return f"http://127.0.0.1:{self._server.server_port}/{path}"

    # what happens at the provider

    def withdraw(self, address):
        """The owner takes their consent back."""
        self._refresh = {key: value for key, value in self._refresh.items() if value != address}
        self.expire(address)

    def expire(self, address):
        """Access tokens end before their time, as after a change of the password."""
        self._access = {key: value for key, value in self._access.items() if value[0] != address}

    def valid(self):
        """Return the access tokens that count."""
        return {
            token for token, (_address, expires) in self._access.items() if expires > time.time()
        }

    # what the services do

    def consent(self, query):
        """The address to which somebody who allows it is sent back."""
        code = secrets.token_urlsafe(24)
        self._codes[code] = self.account
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def tokens(self, provider, form):
        """Answer a request for tokens: (HTTP status, what is said)."""
        if self.failure:
            status, error = self.failure
            return status, {"error": error}
        if {name: form.get(name) for name in CLIENT} != CLIENT:
            return 401, {"error": "invalid_client"}
        if form["grant_type"] == "authorization_code":
            address = self._codes.pop(form["code"], None)
            refresh = address and self._new(self._refresh, address)
        else:
            refresh = form["refresh_token"]
            address = self._refresh.get(refresh)
            if address and provider == "microsoft":
                refresh = self._new(self._refresh, address)
        if not address:
            return 400, {"error": "invalid_grant", "error_description": "expired or revoked"}
        access = self._new(self._access, (address, time.time() + self.lifetime))
        answer = {"access_token": access, "expires_in": self.lifetime, "token_type": "Bearer"}
        if provider == "microsoft" or form["grant_type"] == "authorization_code":
            answer["refresh_token"] = refresh
        if provider == "microsoft":
            answer["id_token"] = _id_token({"email": address})
        return 200, answer

    def whose(self, authorization):
        """The address that a bearer token is for; None of one that does not count."""
        token = authorization.partition(" ")[2]
        address, expires = self._access.get(token, (None, 0))
        return address if expires > time.time() else None

    def _new(self, store, value):
        token = secrets.token_urlsafe(24)
        self.given.append(token)
        store[token] = value
        return token


def _id_token(claims):
    parts = [{"alg": "none"}, claims]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return b".".join([*encoded, b""]).decode()


class _Handler(BaseHTTPRequestHandler):
    owner = None

    def do_GET(self):
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path.endswith("/authorize"):
            back = self.owner.consent(query)
            if self.owner.asks:
                self._send(
                    200, f'<html><body><a href="{html.escape(back)}">Allow</a></body></html>'
                )
            else:
                self._send(303, "", location=back)
            return
        address = self.owner.whose(self.headers.get("Authorization", ""))
        if url.path == "/introspect":
            self._send_json(200, {"active": bool(address), "email": address})
        elif address:
            self._send_json(200, {"email": address, "verified_email": True})
        else:
            self._send_json(401, {"error": "invalid_token"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._send_json(*self.owner.tokens(self.path.split("/")[1], form))

    def _send_json(self, status, answer):
        self._send(status, json.dumps(answer), "application/json")

    def _send(self, status, text, kind="text/html", location=None):
        body = text.encode()
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        """Tests say what went wrong."""
