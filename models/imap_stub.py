from contextlib import suppress

import psycopg2

from odoo import models
from odoo.fields import Domain

from .imap_share import STUB_LEVELS

#: what a stub tells besides: who wrote it to whom, and when
HEADER_FIELDS = (
    "author_id",
    "email_from",
    "reply_to",
    "incoming_email_to",
    "incoming_email_cc",
    "date",
    "message_type",
    "subtype_id",
    "is_internal",
    "model",
    "res_id",
)


class ImapEmail(models.Model):
    """What stands in a chatter for those with whom an email is not shared in full.

    Which entry a person gets is decided by the record rule, from the level of the moment. So a stub that is not there
    yet hides too much, and one that is not needed any more is seen by nobody: both can wait for the background.
    """

    _inherit = "imap.email"

    def _update_stubs(self):
        """Give the entries of these emails the stubs that their levels ask for, and remove others."""
        levels = self.env["imap.share"]._levels(self)
        messages = self.env["mail.message"].sudo()
        stubs = messages.search_fetch(
            Domain("imap_email_id", "in", self.ids) & Domain("imap_stub", "!=", False),
            ["imap_email_id", "imap_stub", "model", "res_id"],
        )
        restricted = [email for email in self.ids if levels.get(email) != "everything"]
        if not stubs and not restricted:
            return
        entries = messages.search_fetch(
            Domain("imap_email_id", "in", restricted) & Domain("imap_stub", "=", False),
            ["imap_email_id", "subject", *HEADER_FIELDS],
        )
        self._retract(entries)
        wanted = {
            (entry.imap_email_id.id, entry.model, entry.res_id): entry
            for entry in entries
            if levels.get(entry.imap_email_id.id) in STUB_LEVELS
        }
        superfluous = messages
        for stub in stubs:
            email = stub.imap_email_id.id
            place = (email, stub.model, stub.res_id)
            if stub.imap_stub == levels.get(email) and place in wanted:
                del wanted[place]
            else:
                superfluous += stub
        superfluous.unlink()
        self._create_stubs(
            [self._stub_values(entry, levels[entry.imap_email_id.id]) for entry in wanted.values()]
        )

    def _create_stubs(self, stubs):
        messages = self.env["mail.message"].sudo()
        try:
            with self.env.cr.savepoint():
                messages.create(stubs)
        except psycopg2.IntegrityError:
            # another worker makes stubs of the same emails at this moment, and keeps its own
            for stub in stubs:
                with suppress(psycopg2.IntegrityError), self.env.cr.savepoint():
                    messages.create(stub)

    def _stub_values(self, entry, level):
        values = {name: entry[name] for name in HEADER_FIELDS}
        return {
            **values,
            "author_id": entry.author_id.id,
            "subtype_id": entry.subtype_id.id,
            "subject": entry.subject if level == "subject" else False,
            "imap_email_id": entry.imap_email_id.id,
            "imap_stub": level,
            "body": False,
        }

    def _retract(self, entries):
        """Take back notifications of entries from those who do not read them any more."""
        notifications = (
            self.env["mail.notification"].sudo().search([("mail_message_id", "in", entries.ids)])
        )
        mails = (
            self.env["mail.mail"]
            .sudo()
            .search(
                [("mail_message_id", "in", entries.ids), ("state", "in", ("outgoing", "exception"))]
            )
        )
        if not notifications and not mails:
            return
        owners = self.env["imap.share"]._owners(entries.imap_email_id)

        def readers(message):
            return owners[message.imap_email_id.id]

        notifications.filtered(
            lambda n: n.res_partner_id not in readers(n.mail_message_id)
        ).unlink()
        for mail in mails:
            mail.recipient_ids &= readers(mail.mail_message_id)
        mails.filtered(lambda mail: not mail.recipient_ids).unlink()
