from odoo import fields, models

from .big_integer import BigInteger


class ImapPlacement(models.Model):
    """One copy of an email on a server, or one message that could not be read there."""

    _name = "imap.placement"
    _description = "Copy of an email on a server"
    _order = "folder_id, uid desc"

    email_id = fields.Many2one("imap.email", index=True, ondelete="cascade")
    folder_id = fields.Many2one("imap.folder", required=True, ondelete="cascade")
    connection_id = fields.Many2one(related="folder_id.connection_id", store=True, index=True)
    uidvalidity = BigInteger(required=True, readonly=True)
    uid = BigInteger(required=True, readonly=True)
    flags = fields.Char(readonly=True)
    size = BigInteger(readonly=True)
    state = fields.Selection(
        [("linked", "Linked"), ("quarantined", "Quarantined"), ("gone", "Gone")],
        required=True,
        default="linked",
        readonly=True,
    )
    error = fields.Char(readonly=True, help="Why this message could not be read")

    _copy_unique = models.Constraint("UNIQUE (folder_id, uidvalidity, uid)")
