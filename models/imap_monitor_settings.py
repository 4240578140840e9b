"""The token for monitoring, as administrators make and withdraw it."""

from odoo import fields, models

from .imap_monitor import TOKEN_DIGEST


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    imap_has_health_token = fields.Boolean(compute="_compute_imap_has_health_token")

    def _compute_imap_has_health_token(self):
        # sudo: ir.config_parameter - whether there is one
        digest = self.env["ir.config_parameter"].sudo().get_param(TOKEN_DIGEST)
        self.imap_has_health_token = bool(digest)

    def action_imap_new_health_token(self):
        """Make a token, which replaces the one of before, and show it this once.

        :raise AccessError: only administrators of Odoo change system parameters
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Token for monitoring"),
            "res_model": "imap.monitor.token",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_access_token": self.env["imap.monitor"]._new_token()},
        }

    def action_imap_withdraw_health_token(self):
        """Let nobody ask any more."""
        self.env["ir.config_parameter"].set_param(TOKEN_DIGEST, False)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
