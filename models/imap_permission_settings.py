from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Who may connect a mailbox.

    No ``implied_group``: core sorts these fields by their values, and the others are yes or no.
    """

    _inherit = "res.config.settings"

    imap_who_connects = fields.Selection(
        [
            ("members", "Users with the permission “Connect own mailbox”"),
            ("everybody", "All internal users"),
        ],
        string="Who may connect a mailbox",
    )

    def _imap_groups(self):
        """Return the groups of internal users, and of those who may connect a mailbox."""
        # sudo: res.groups - who may change settings decides about this one
        env = self.sudo().env
        return env.ref("base.group_user"), env.ref("mail_imap_sync.group_user")

    def get_values(self):
        internal, permitted = self._imap_groups()
        everybody = permitted in internal.all_implied_ids
        return super().get_values() | {"imap_who_connects": "everybody" if everybody else "members"}

    def set_values(self):
        result = super().set_values()
        internal, permitted = self._imap_groups()
        if self.imap_who_connects == "everybody":
            internal._apply_group(permitted)
        elif permitted in internal.all_implied_ids:
            internal._remove_group(permitted)
        return result
