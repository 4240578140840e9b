from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.mail.tools.discuss import Store


class MailMessage(models.Model):
    _name = "mail.message"
    _inherit = ["mail.message"]

    imap_may_delete = fields.Boolean(
        compute="_compute_imap_may_delete",
        compute_sudo=False,
        exportable=False,
        help="It is a synced email that this user may delete in Odoo",
    )

    @api.depends("imap_email_id", "imap_stub")
    @api.depends_context("uid")
    def _compute_imap_may_delete(self):
        # sudo: mail.message - which emails they are
        emails = self.sudo().imap_email_id.with_env(self.env)
        deletable = emails and emails._deletable()
        for message in self:
            email = message.sudo().imap_email_id
            message.imap_may_delete = bool(email) and not message.imap_stub and email in deletable

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
        for entry in entries:
            self.env["imap.link"]._decide(entry.imap_email_id, entry.model, entry.res_id, "removed")
        result = super().unlink()
        emails.filtered(lambda email: not email.entry_ids).with_env(self.env)._bury()
        return result

    def _to_store_defaults(self, target):
        return super()._to_store_defaults(target) + [
            Store.Attr("imap_may_delete", predicate=lambda message: message.imap_email_id),
        ]
