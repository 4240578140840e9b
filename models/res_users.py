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
        return self._imap_in_preferences(self.env["imap.connect"]._open_new(self))

    def _imap_in_preferences(self, result):
        """Return what a button is to do that may have been clicked in the dialog with this user's preferences.

        :param result: what it does anywhere else: an action, or something without a meaning
        """
        if not self.env.context.get("imap_in_preferences"):
            return result
        view = self.env.ref("mail_imap_sync.res_users_view_form_mailboxes")
        return {
            "type": "ir.actions.client",
            "tag": "mail_imap_sync.in_preferences",
            "params": {
                "result": result
                if isinstance(result, dict)
                else {"type": "ir.actions.act_window_close"},
                "preferences": {
                    **self.env["ir.actions.act_window"]._for_xml_id("base.action_res_users_my"),
                    "res_id": self.id,
                    "views": [(view.id, "form")],
                },
            },
        }
