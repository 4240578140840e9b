from odoo import http
from odoo.http import content_disposition, request


class OriginalController(http.Controller):
    @http.route("/mail_imap_sync/original/<int:placement_id>", type="http", auth="user")
    def original(self, placement_id):
        """Hand a message to the owner of its mailbox, straight from the server."""
        placement = request.env["imap.placement"].browse(placement_id).exists()
        if not placement:
            return request.not_found()
        return request.make_response(
            placement._original(),
            [
                ("Content-Type", "message/rfc822"),
                ("Content-Disposition", content_disposition(placement._file_name())),
                # it is what somebody sent, and must not run as a page of this Odoo
                ("X-Content-Type-Options", "nosniff"),
                ("Content-Security-Policy", "default-src 'none'; sandbox"),
                ("Cache-Control", "no-store"),
            ],
        )
