import re
import tempfile
import zipfile

from werkzeug.wsgi import wrap_file

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import Response, content_disposition, request


class ExportController(http.Controller):
    @http.route("/mail_imap_sync/export/<int:partner_id>", type="http", auth="user")
    def export(self, partner_id):
        """Hand out the emails of a contact that the user may read, each as a file, in one archive."""
        if not request.env.user.has_group("base.group_allow_export"):
            raise AccessError(request.env._("You may not export data. Ask an administrator."))
        partner = request.env["res.partner"].browse(partner_id).exists()
        if not partner:
            return request.not_found()
        partner.check_access("read")
        emails = request.env["imap.email"].search(partner._imap_emails_domain())
        # on disk, as there may be much; it is gone as soon as it is closed
        archive = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, content in emails._as_files():
                packed.writestr(name, content)
        size = archive.tell()
        archive.seek(0)
        name = re.sub(r"[^\w .-]+", "_", partner.name or "") or str(partner.id)
        return Response(
            wrap_file(request.httprequest.environ, archive),
            headers=[
                ("Content-Type", "application/zip"),
                ("Content-Length", size),
                ("Content-Disposition", content_disposition(f"{name}.zip")),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "no-store"),
            ],
            direct_passthrough=True,
        )
