from odoo import models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def message_process(self, *args, **kwargs):
        """Let the gateway work as if no mailbox was connected.

        A mail to an alias in Cc would count as received twice, and an answer in a synced conversation as an answer
        to the contact: in both cases the alias would not make its document.
        """
        gateway = self.with_context(imap_without_synced_mail=True)
        return super(MailThread, gateway).message_process(*args, **kwargs)

    def _get_message_create_valid_field_names(self):
        return super()._get_message_create_valid_field_names() | {"imap_email_id"}

    def _notify_thread_with_out_of_office(self, message, recipients_data, msg_vals=False, **kwargs):
        """Answer no synced mail: it was sent to a person's mailbox, which has its own absence notice."""
        if message.imap_email_id:
            return self.env["mail.message"]
        return super()._notify_thread_with_out_of_office(
            message, recipients_data, msg_vals=msg_vals, **kwargs
        )

    def message_change_thread(self, new_thread, new_parent_message=False):
        """Records that are merged take along what people decided about emails on them."""
        self.env["imap.link"]._follow(self._name, self.ids, new_thread)
        return super().message_change_thread(new_thread, new_parent_message=new_parent_message)

    def unlink(self):
        model, ids = self._name, self.ids
        result = super().unlink()
        links = self.env["imap.link"].sudo()
        links.search([("model", "=", model), ("res_id", "in", ids)]).unlink()
        return result
