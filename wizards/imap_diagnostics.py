from odoo import api, fields, models
from odoo.exceptions import UserError


class ImapDiagnostics(models.TransientModel):
    """A text about a mailbox to pass on to whoever helps: by what Odoo knows, or after asking the server."""

    _name = "imap.diagnostics"
    _description = "Diagnostics of a mailbox"

    connection_id = fields.Many2one("imap.connection", required=True, readonly=True)
    # it may name addresses in the own network
    asked = fields.Json(
        readonly=True, groups=fields.NO_ACCESS, help="What the server said just now"
    )
    may_ask = fields.Boolean(compute="_compute_may_ask")
    text = fields.Text(compute="_compute_text")

    @api.depends("connection_id")
    def _compute_may_ask(self):
        for wizard in self:
            wizard.connection_id.check_access("read")
            # sudo: res.users - whether the owner left
            wizard.may_ask = wizard.connection_id.sudo()._may_sync()

    @api.depends("connection_id", "asked")
    def _compute_text(self):
        for wizard in self:
            wizard.text = wizard.connection_id._diagnostics(wizard.sudo().asked)

    @api.model
    def _open(self, connection):
        """Return the dialog with the diagnostics of a mailbox."""
        connection.check_access("read")
        return self.create({"connection_id": connection.id})._show()

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Diagnostics"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_ask_server(self):
        """Sign in once to see how that goes."""
        self.ensure_one()
        self.connection_id.check_access("write")
        if not self.may_ask:
            raise UserError(self.env._("This mailbox is not connected. Resume it first."))
        self.sudo().asked = self.connection_id._ask_server()
        return self._show()
