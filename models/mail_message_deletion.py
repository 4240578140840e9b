from odoo import models
from odoo.exceptions import UserError


class MailMessage(models.Model):
    _name = "mail.message"
    _inherit = ["mail.message"]

    def action_imap_delete(self):
        """Ask whether to delete the emails of these messages in Odoo."""
        self.check_access("read")
        emails = self.sudo().imap_email_id.with_env(self.env)
        if not emails:
            raise UserError(self.env._("This is no synced email."))
        return emails.action_delete()

    def unlink(self):
        """What a person deletes from a chatter stays deleted there, and from the last one altogether.

        Whatever program deletes messages has decided what is to become of the email before.
        """
        if self.env.su:
            return super().unlink()
        self.check_access("unlink")
        # sudo: imap.email, imap.link - bookkeeping about messages that the person may delete
        entries = self.sudo().filtered(lambda m: m.imap_email_id and not m.imap_stub)
        emails = entries.imap_email_id
        entries._imap_note_taken_off()
        result = super().unlink()
        emails.filtered(lambda email: not email.entry_ids).with_env(self.env)._bury()
        return result

    def _imap_note_taken_off(self):
        """Note that a person takes the emails of these entries off their records, so that no sync puts them back."""
        links = self.env["imap.link"]
        for entry in self:
            links._decide(entry.imap_email_id, entry.model, entry.res_id, "removed")

    def _imap_store_values(self):
        """Say besides which emails the user may delete in Odoo."""
        values = super()._imap_store_values()
        is_manager = self.env.user.has_group("mail_imap_sync.group_manager")
        for shown in values.values():
            shown["imap_may_delete"] = not shown["imap_stub"] and (
                is_manager or bool(shown["imap_sharing"])
            )
        return values
