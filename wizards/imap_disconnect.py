from odoo import api, fields, models


class ImapDisconnect(models.TransientModel):
    """Disconnect a mailbox: what becomes of its mail in Odoo."""

    _name = "imap.disconnect"
    _description = "Disconnect a mailbox"

    connection_id = fields.Many2one("imap.connection", required=True, ondelete="cascade")
    name = fields.Char(related="connection_id.name", related_sudo=False)
    state = fields.Selection(related="connection_id.state", related_sudo=False)
    mail = fields.Selection(
        [("keep", "Stays"), ("delete", "Leaves Odoo")],
        string="Its mail",
        required=True,
        default="keep",
    )
    emails = fields.Integer(string="Emails that leave Odoo", readonly=True)
    staying = fields.Integer(
        string="Emails that stay", readonly=True, help="Other mailboxes have brought them too."
    )

    @api.model
    def _open(self, connection):
        """Return the dialog for a mailbox."""
        connection.check_access("write")
        # sudo: imap.deletion - only numbers
        deletion = self.env["imap.deletion"].sudo().new({"connection_id": connection.id})
        departing, by_others = deletion._departing_domain(), deletion._brought_by_others()
        gone = connection.state == "disconnected"
        wizard = self.create(
            {
                "connection_id": connection.id,
                "mail": "delete" if gone else "keep",
                "emails": deletion._number(departing & ~by_others),
                "staying": deletion._number(departing & by_others),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Delete its mail") if gone else self.env._("Disconnect"),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "medium"},
        }

    def action_disconnect(self):
        """Forget the password, and delete the mail if that is wanted."""
        self.ensure_one()
        connection = self.connection_id
        connection.check_access("write")
        name = connection.name
        if self.state != "disconnected":
            connection.action_disconnect()
        if self.mail == "delete":
            connection._check_has_left()
            # sudo: imap.deletion - of a mailbox that the person may disconnect
            deletion = self.env["imap.deletion"].sudo()
            deletion = deletion.create(
                {"connection_id": connection.id, "is_departure": True, "user_id": self.env.uid}
            )
            deletion._begin()
            message = deletion._said()
            # mail leaves the page behind the dialog, too
            after = {"type": "ir.actions.client", "tag": "soft_reload"}
        else:
            message = self.env._("%(name)s is disconnected. Its mail stays in Odoo.", name=name)
            after = {"type": "ir.actions.act_window_close"}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "success",
                "next": after,
            },
        }
