from odoo import fields, models


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
        if "active" in vals:
            # sudo: imap.connection - who may archive users decides about their mailboxes by it
            connections = self.env["imap.connection"].sudo().search([("user_id", "in", self.ids)])
            if vals["active"]:
                connections._owner_came_back()
            else:
                connections._owner_left()
        return result

    def unlink(self):
        # not left to the database, which knows nothing of what becomes of their mail
        self.env["imap.connection"].sudo().search([("user_id", "in", self.ids)]).unlink()
        return super().unlink()

    def action_connect_mailbox(self):
        """Open the wizard that connects a mailbox of this user."""
        self.ensure_one()
        return self.env["imap.connect"]._open_new(self)
