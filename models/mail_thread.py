from odoo import api, models


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

    def unlink(self):
        model, ids = self._name, self.ids
        # sudo: imap.email, imap.link - what is left of mail whose records somebody may delete
        emails = self.env["imap.email"].sudo()._standing_on(self)
        result = super().unlink()
        links = self.env["imap.link"].sudo()
        links.search([("model", "=", model), ("res_id", "in", ids)]).unlink()
        emails._leave_with_records()
        return result

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Notify of synced mail only those who may read it, in its record's chatter."""
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        if not message.sudo().imap_email_id:
            return recipients
        return [
            recipient
            for recipient in recipients
            if recipient["uid"]
            and message.sudo(False).with_user(recipient["uid"]).has_access("read")
        ]

    def _notify_by_email_get_base_mail_values(self, message, *args, **kwargs):
        """Name no email in the references of another one that goes out, unless its author reads both.

        A Message-ID tells its domain to everybody who gets the mail.
        """
        values = super()._notify_by_email_get_base_mail_values(message, *args, **kwargs)
        references = values["references"].split()
        emails = self.env["imap.email"].sudo().search([("message_id", "in", references)])
        levels = self.env["imap.share"]._levels_for_user(emails)
        hidden = {e.message_id for e in emails if levels.get(e.id) != "everything"}
        values["references"] = " ".join(ref for ref in references if ref not in hidden)
        return values

    def _notify_by_web_push_prepare_payload(self, message, *args, **kwargs):
        """Leave out the text of mail that is not shared: what is to be pushed waits where administrators read it."""
        payload = super()._notify_by_web_push_prepare_payload(message, *args, **kwargs)
        email = message.sudo().imap_email_id
        if email and self.env["imap.share"]._levels(email).get(email.id) != "everything":
            payload["options"]["body"] = ""
        return payload

    @api.depends_context("uid")
    def _compute_has_message(self):
        """Count no mail that the user does not see at all; core asks the table."""
        found = self._imap_records_with_messages([("res_id", "in", self.ids)])
        ids = {id_ for (id_,) in self.env.execute_query(found.select("res_id"))}
        for record in self:
            record.has_message = record._origin.id in ids

    def _search_has_message(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("id", "in", self._imap_records_with_messages([]).subselect("res_id"))]

    def _imap_records_with_messages(self, domain):
        # sudo: mail.message - whether there is one that the user sees, on records that they may read
        messages = self.env["mail.message"].sudo()
        return messages._search(
            [*domain, ("model", "=", self._name), ("imap_is_visible", "=", True)]
        )

    def message_change_thread(self, new_thread, new_parent_message=False):
        """Move synced mail, also what the user does not see, and what people decided about it."""
        self.env["imap.link"]._follow(self._name, self.ids, new_thread)
        entries = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("imap_email_id", "!=", False),
                ]
            )
        )
        entries.write({"model": new_thread._name, "res_id": new_thread.id})
        return super().message_change_thread(new_thread, new_parent_message=new_parent_message)
