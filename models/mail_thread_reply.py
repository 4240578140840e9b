"""Answering synced mail from the chatter: to whom, and in the conversation that mail programs show."""

import re
from operator import attrgetter

from odoo import models
from odoo.fields import Domain
from odoo.tools.mail import email_normalize, unfold_references

#: entries among which the mail that is answered is sought, the newest first
_MOST_ENTRIES = 50
_AGE = attrgetter("date", "id")
_IS_ANSWER = re.compile(r"\s*(?:re|aw|sv|vs|antw|odp|rif|réf|ynt)\s*:", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    # ------------------------------------------------------------------
    # to whom
    # ------------------------------------------------------------------

    def _sort_suggested_messages(self, messages):
        """Suggest to answer received mail, too: its subtype is internal, which Odoo takes for notes."""
        found = super()._sort_suggested_messages(messages)
        received = messages.filtered(
            lambda m: m.imap_email_id and not m.imap_stub and m.message_type == "email"
        )
        if not received:
            return found
        newest = received.sorted(_AGE, reverse=True)[:_MOST_ENTRIES]
        newest = newest._imap_from_people() - newest._imap_hidden()
        return (found | newest).sorted(_AGE, reverse=True)

    def _message_get_suggested_recipients_batch(self, *args, **kwargs):
        """Suggest nobody to write to themselves: what was received was addressed to the user's own mailbox."""
        suggested = super()._message_get_suggested_recipients_batch(*args, **kwargs)
        # sudo: imap.connection - the user's own addresses
        mailboxes = self.env["imap.connection"].sudo().search([("user_id", "=", self.env.uid)])
        if not mailboxes:
            return suggested
        own = {self.env.user.email_normalized, *map(email_normalize, mailboxes.mapped("email"))}
        record_partners = self._mail_get_partners() if self else {}
        return {
            record: [
                recipient
                for recipient in recipients
                if recipient["email"] not in own
                or recipient["partner_id"] in record_partners.get(record, self.browse()).ids
            ]
            for record, recipients in suggested.items()
        }

    # ------------------------------------------------------------------
    # in which conversation
    # ------------------------------------------------------------------

    def _notify_by_email_get_base_mail_values(
        self, message, recipients_data, additional_values=None
    ):
        """Let a mail from the chatter answer the last mail that was exchanged with its recipients.

        Odoo refers to messages by their ids, and to public ones first: in a chatter with past mail that is any mail,
        also of others, and also such that the author does not see.
        """
        values = dict(additional_values or {})
        answered = self._imap_answered(message, recipients_data)
        if answered:
            newer = self._imap_newer(message, answered)
            headers = {"In-Reply-To": (newer or answered).message_id}
            values["headers"] = {**headers, **(values.get("headers") or {})}
            if answered.subject and not message.subject:
                subject = " ".join(answered.subject.split())
                values.setdefault(
                    "subject", subject if _IS_ANSWER.match(subject) else f"Re: {subject}"
                )
        result = super()._notify_by_email_get_base_mail_values(
            message, recipients_data, additional_values=values
        )
        if not message.sudo().imap_email_id and result.get("references"):
            result["references"] = self._imap_references(result["references"], answered)
        return result

    def _imap_answered(self, message, recipients_data):
        """Return the newest mail in the chatter that its author sees and that one of the recipients wrote or got."""
        entries = self.env["mail.message"].sudo()
        recipients = {
            recipient["email_normalized"]
            for recipient in recipients_data
            if recipient["share"] and recipient["email_normalized"]
        }
        if not recipients or message.sudo().imap_email_id:
            return entries
        found = entries.search(
            self._imap_messages_of(message)
            & Domain("imap_email_id", "!=", False)
            & Domain("imap_stub", "=", False)
            & Domain("message_id", "!=", False),
            order="date desc, id desc",
            limit=_MOST_ENTRIES,
        )
        found = found._imap_from_people()
        # not _imap_hidden: what the superuser writes must not tell of private mail either
        levels = self.env["imap.share"]._levels_for_user(found.imap_email_id)
        found = found.filtered(lambda m: levels.get(m.imap_email_id.id) == "everything")
        return next((entry for entry in found if entry._imap_people() & recipients), entries)

    def _imap_newer(self, message, answered):
        """Return what was written from the chatter since a mail came, if anything."""
        return (
            self.env["mail.message"]
            .sudo()
            .search(
                self._imap_messages_of(message)
                & Domain("imap_email_id", "=", False)
                & Domain("message_type", "=", "comment")
                & Domain("is_internal", "=", False)
                & Domain("subtype_id.internal", "=", False)
                & Domain("date", ">", answered.date)
                & Domain("id", "!=", message.id),
                order="date desc, id desc",
                limit=1,
            )
        )

    @staticmethod
    def _imap_messages_of(message):
        message = message.sudo()
        return Domain("model", "=", message.model) & Domain("res_id", "=", message.res_id)

    def _imap_references(self, references, answered):
        """Return references without other synced mail, and with the conversation of the mail that is answered."""
        ids = unfold_references(references)
        synced = (
            self.env["mail.message"]
            .sudo()
            .search([("message_id", "in", ids), ("imap_email_id", "!=", False)])
        )
        ids = [one for one in ids if one not in synced.mapped("message_id")]
        first = answered.imap_email_id.thread_key or ""
        beginning = [first] if _MESSAGE_ID.fullmatch(first) else []
        beginning += [answered.message_id] if answered else []
        return " ".join(dict.fromkeys([*beginning, *ids]))
