"""What core makes of messages besides, where others may read it than may read the message."""

from odoo import api, models


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _message_notifications_to_store(self, store):
        """Tell nobody of mail that they do not see: core tells authors, in superuser mode, what failed."""
        shown = self - self._imap_hidden()
        return super(MailMessage, shown)._message_notifications_to_store(store)


class MailNotification(models.Model):
    _inherit = "mail.notification"

    @api.model_create_multi
    def create(self, vals_list):
        """Name no author: who wrote a synced mail did not send what Odoo tells followers of it, and is told of no
        failure."""
        messages = self.env["mail.message"].browse(vals["mail_message_id"] for vals in vals_list)
        # sudo: mail.message - whether it is synced mail
        synced = messages.sudo().filtered("imap_email_id")
        for vals in vals_list:
            if vals["mail_message_id"] in synced.ids:
                vals["author_id"] = False
        return super().create(vals_list)


class MailLinkPreview(models.Model):
    _inherit = "mail.link.preview"

    @api.model
    def _create_from_message_and_notify(self, message, request_url=None):
        """Fetch no page that a synced mail links to.

        That would tell its sender that it is read, and administrators what is in it.
        """
        if message.sudo().imap_email_id:
            return None
        return super()._create_from_message_and_notify(message, request_url=request_url)


class MailThreadMainAttachment(models.AbstractModel):
    _inherit = "mail.thread.main.attachment"

    def _message_set_main_attachment_id(self, attachments, *args, **kwargs):
        """Let no file of a synced mail stand for a record: whoever reads the record reads its name."""
        others = attachments.filtered(lambda a: a.res_model != "imap.email")
        return super()._message_set_main_attachment_id(others, *args, **kwargs)
