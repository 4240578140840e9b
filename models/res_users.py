from odoo import fields, models

from .imap_connection import ACTIVE_STATES


class ResUsers(models.Model):
    _inherit = "res.users"

    imap_connection_ids = fields.One2many(
        "imap.connection", "user_id", string="Mailboxes", groups="mail_imap_sync.group_user"
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + ["imap_connection_ids"]

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            # the owner left: nobody should read their mail from now on (FEATURES.md P6)
            connections = self.env["imap.connection"].sudo().search([("user_id", "in", self.ids)])
            connections.filtered(lambda c: c.state in ACTIVE_STATES).action_pause()
        return result

    def action_connect_mailbox(self):
        """Open the wizard that connects a mailbox of this user."""
        self.ensure_one()
        return self.env["imap.connect"]._open_new(self)
