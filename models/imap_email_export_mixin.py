"""Emails as files, made of what is stored of them."""

import re
from email.utils import format_datetime

from odoo import models

from ..lib.eml import Attachment, as_eml, file_name

#: emails whose attachments are in memory one after the other, and whose entries are read together
BATCH = 50
_IMAGE = re.compile(r"/web/image/(\d+)")


class ImapEmailExportMixin(models.AbstractModel):
    _name = "imap.email.export.mixin"
    _description = "Emails that can be exported"

    def _as_files(self):
        """Yield the name and the content of the file of each of these emails that the user reads."""
        for start in range(0, len(self), BATCH):
            emails = self[start : start + BATCH]
            # as the user: what they may not read has no entry here
            entries = emails._entries([])
            for email in emails:
                if entry := entries[email][:1]:
                    yield file_name(email.date, email.subject, email.id), email._as_eml(entry)
            self.env.invalidate_all()

    def _as_eml(self, entry):
        """Return this email as a file.

        :param entry: one of its entries that show it to the user (sudo)
        """
        self.check_access("read")
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "imap.email"), ("res_id", "=", self.id)], order="id"
        )
        shown = {int(number) for number in _IMAGE.findall(entry.body or "")} & set(files.ids)

        def by_content_id(match):
            number = int(match[1])
            return f"cid:{number}" if number in shown else match[0]

        return as_eml(
            {
                "From": entry.email_from,
                "To": entry.incoming_email_to,
                "Cc": entry.incoming_email_cc,
                "Subject": entry.subject,
                "Date": format_datetime(self.date),
                "Message-ID": entry.message_id,
            },
            _IMAGE.sub(by_content_id, str(entry.body or "")),
            [
                Attachment(
                    file.name,
                    file.mimetype or "",
                    file.raw or b"",
                    str(file.id) if file.id in shown else "",
                )
                for file in files
            ],
        )
