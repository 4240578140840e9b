from odoo import api, models
from odoo.tools import SQL

from . import imap_removal

#: emails that are removed in one transaction
AT_ONCE = 500


class ImapShare(models.Model):
    """Mail whose owners were deleted, and who had shared nothing of it."""

    _inherit = "imap.share"

    @api.autovacuum
    def _gc_mail_of_nobody(self):
        """Remove mail that nobody can read any more, in case its owner was the only one and is no user any more.

        :return: how many emails, and whether there may be more
        """
        self._flush_levels()
        self.env["imap.email"].flush_model(["deleted_date"])
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT orphan.email_id
                     FROM imap_share AS orphan
                     JOIN imap_email AS email ON email.id = orphan.email_id
                    WHERE orphan.user_id IS NULL AND email.deleted_date IS NULL
                      AND NOT EXISTS (SELECT FROM %s
                                       WHERE share.email_id = orphan.email_id
                                         AND (share.user_id IS NOT NULL OR %s IS DISTINCT FROM 'private'))
                    LIMIT %s""",
                self._sql_rows(),
                self._sql_level(),
                AT_ONCE,
            )
        )
        emails = self.env["imap.email"].browse(email for (email,) in rows)
        imap_removal.forget(emails, "nobody")
        return len(emails), len(emails) == AT_ONCE
