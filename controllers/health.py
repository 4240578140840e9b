import json

from werkzeug.exceptions import Unauthorized

from odoo import http
from odoo.http import request

#: any 2xx is "it works"; a program that compares with 200 hears of warnings too
STATUS_CODES = {"ok": 200, "warning": 207, "critical": 503}
SCHEME = "Bearer"


class HealthController(http.Controller):
    @http.route(
        "/mail_imap_sync/health",
        type="http",
        auth="none",
        methods=["GET"],
        save_session=False,
        readonly=True,
    )
    def health(self, **_parameters):
        """Say how all mailboxes are, to whoever has the token from the settings."""
        scheme, _, token = request.httprequest.headers.get("Authorization", "").partition(" ")
        monitor = request.env["imap.monitor"].sudo()
        if scheme.lower() != SCHEME.lower() or not monitor._accepts(token.strip()):
            # the same whether there is a token or not
            return request.make_response(
                json.dumps({"error": "unauthorized"}),
                [*HEADERS, ("WWW-Authenticate", SCHEME)],
                status=Unauthorized.code,
            )
        report = monitor._report()
        return request.make_response(
            json.dumps(report), HEADERS, status=STATUS_CODES[report["status"]]
        )


HEADERS = [
    ("Content-Type", "application/json"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
]
