"""The key of stored passwords, as administrators see it: where it is, and whether an older one is still needed."""

from odoo import api, fields, models

from ..lib.errors import KeyUnusable
from ..lib.key_file import is_open_to_others
from .imap_secret import KEY_ENVIRONMENT, KEY_OPTION, key_file_path, key_place


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    imap_key_place = fields.Char(compute="_compute_imap_key")
    imap_key_problem = fields.Char(compute="_compute_imap_key")
    imap_secrets_old = fields.Integer(compute="_compute_imap_key")
    imap_secrets_lost = fields.Integer(compute="_compute_imap_key")

    @api.depends_context("uid")
    def _compute_imap_key(self):
        self.imap_key_place = self._imap_key_place()
        self.imap_key_problem = self._imap_key_problem()
        try:
            ages = self.env["imap.connection"]._with_secret()._key_ages()
        except KeyUnusable:
            ages = {}
        self.imap_secrets_old = ages.get("old", 0)
        self.imap_secrets_lost = ages.get("lost", 0)

    def _imap_key_problem(self):
        try:
            self.env["imap.connection"]._vault()
        except KeyUnusable as error:
            return self.env._(
                "The key cannot be used (%(why)s). Nobody can sign in until it is mended.",
                why=error.detail,
            )
        if key_place() == str(key_file_path()) and is_open_to_others(key_file_path()):
            return self.env._(
                "Other accounts of the server may read the key: chmod 600 mends that."
            )
        return False

    def _imap_key_place(self):
        place = key_place()
        if place == "environment":
            return self.env._("the environment variable %(name)s", name=KEY_ENVIRONMENT)
        if place == "configuration":
            return self.env._("%(name)s in the configuration of Odoo", name=KEY_OPTION)
        return self.env._("the file %(path)s", path=place)

    def action_imap_encrypt_again(self):
        """Encrypt all stored passwords with the current key."""
        lost = self.env["imap.connection"]._with_secret()._encrypt_again()
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
