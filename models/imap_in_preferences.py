from odoo import models


class ImapConnection(models.Model):
    """Buttons of a mailbox that are clicked in the preferences of its owner, which Odoo shows as a dialog.

    Odoo shows one such dialog at a time, and a button that returns nothing closes it. So what a button returns is
    handed to the client with the way back (``static/src/preferences``).
    """

    _inherit = "imap.connection"

    def action_open_setup(self):
        return self.env.user._imap_in_preferences(super().action_open_setup())

    def action_sync_now(self):
        return self.env.user._imap_in_preferences(super().action_sync_now())

    def action_pause(self):
        return self.env.user._imap_in_preferences(super().action_pause())

    def action_resume(self):
        return self.env.user._imap_in_preferences(super().action_resume())

    def action_open_disconnect(self):
        return self.env.user._imap_in_preferences(super().action_open_disconnect())

    def action_open_backfill(self):
        return self.env.user._imap_in_preferences(super().action_open_backfill())

    def action_pause_backfill(self):
        return self.env.user._imap_in_preferences(super().action_pause_backfill())

    def action_resume_backfill(self):
        return self.env.user._imap_in_preferences(super().action_resume_backfill())

    def action_stop_backfill(self):
        return self.env.user._imap_in_preferences(super().action_stop_backfill())

    def action_open_diagnostics(self):
        return self.env.user._imap_in_preferences(super().action_open_diagnostics())

    def action_share_least(self):
        return self.env.user._imap_in_preferences(super().action_share_least())

    def action_open_audit(self):
        return self.env.user._imap_in_preferences(super().action_open_audit())

    def action_open_why(self):
        """Open the wizard that looks for a mail in this mailbox."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("mail_imap_sync.imap_why_action")
        context = {"dialog_size": "extra-large", "default_connection_id": self.id}
        return self.env.user._imap_in_preferences({**action, "context": context})
