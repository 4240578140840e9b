"""The key of stored passwords, as administrators see it: where it is, and whether an older one is still needed."""

from odoo import api, fields, models

from ..lib.errors import SecretUnreadable
from .imap_secret import KEY_ENVIRONMENT, KEY_OPTION, key_place


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    imap_key_place = fields.Char(compute="_compute_imap_key")
    imap_key_problem = fields.Char(compute="_compute_imap_key")
    imap_secrets_old = fields.Integer(compute="_compute_imap_key")
    imap_secrets_lost = fields.Integer(compute="_compute_imap_key")

    @api.depends_context("uid")
    def _compute_imap_key(self):
        # sudo: imap.connection - only how many there are of each kind
        connections = self.env["imap.connection"].sudo().search([("secret", "!=", False)])
        problem, old, lost = False, 0, 0
        try:
            vault = connections._vault()
        except (ValueError, OSError):
            problem = self.env._("The key cannot be used. Nobody can sign in until it is mended.")
        else:
            for connection in connections:
                if vault.is_current(connection.secret):
                    continue
                try:
                    vault.decrypt(connection.secret)
                    old += 1
                except SecretUnreadable:
                    lost += 1
        self.imap_key_place = self._imap_key_place()
        self.imap_key_problem = problem
        self.imap_secrets_old, self.imap_secrets_lost = old, lost

    def _imap_key_place(self):
        place = key_place()
        if place == "environment":
            return self.env._("the environment variable %(name)s", name=KEY_ENVIRONMENT)
        if place == "configuration":
            return self.env._("%(name)s in the configuration of Odoo", name=KEY_OPTION)
        return self.env._("the file %(path)s", path=place)

    def action_imap_encrypt_again(self):
        """Encrypt all stored passwords with the current key."""
        # sudo: imap.connection - secrets are closed to everybody, and are not shown here either
        connections = self.env["imap.connection"].sudo().search([("secret", "!=", False)])
        lost = connections._encrypt_again()
        message = self.env._("All stored passwords are encrypted with the current key.")
        if lost:
            message = self.env._(
                "Passwords that no key can read: %(n)s. Their owners have to sign in again; the others are encrypted "
                "with the current key.",
                n=len(lost),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if lost else "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
