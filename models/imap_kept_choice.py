from odoo import api, fields, models
from odoo.fields import Domain

from .big_integer import BigInteger
from .imap_other_limit import SLACK, brief_digest
from .imap_share import VISIBILITIES, least


class ImapKeptChoice(models.Model):
    """What an owner chose for a single email that has left Odoo and may come back.

    It leaves with its mailbox, with a contact that is deleted, or by what is never synced. Without this row mail that
    its owner had made private would come back as open as the mailbox. Of the email itself only its digests and its
    size are kept.
    """

    _name = "imap.kept.choice"
    _description = "What an owner chose for an email that left"

    user_id = fields.Many2one("res.users", string="Owner", required=True, ondelete="cascade")
    digest = fields.Char(required=True)
    brief_digest = fields.Char(
        help="The digest that it has where its text is not copied; none without a Message-ID"
    )
    size = BigInteger()
    visibility = fields.Selection(VISIBILITIES, required=True)

    _user_digest_unique = models.UniqueIndex("(user_id, digest)")

    @api.model
    def _keep(self, shares):
        """Remember what was chosen for the emails of some shares that are about to be removed (sudo)."""
        chosen = {}
        for share in shares.filtered(lambda s: s.visibility and s.user_id):
            chosen.setdefault((share.user_id, share.email_id.digest), shares.browse())
            chosen[share.user_id, share.email_id.digest] += share
        before = self.search(
            [
                ("user_id", "in", [user.id for user, _digest in chosen]),
                ("digest", "in", [digest for _user, digest in chosen]),
            ]
        )
        for row in before:
            again = chosen.pop((row.user_id, row.digest), None)
            if again:
                row.visibility = least(again.mapped("visibility"))
        self.create(
            [
                {
                    "user_id": user.id,
                    "digest": digest,
                    "brief_digest": brief_digest(of_email.email_id),
                    "size": of_email.email_id.size,
                    "visibility": least(of_email.mapped("visibility")),
                }
                for (user, digest), of_email in chosen.items()
            ]
        )

    @api.model
    def _take(self, user, emails):
        """Return what a user had chosen for emails that come back, and forget it: a dict of email -> level (sudo)."""
        brief = {email: brief_digest(email) for email in emails}
        kept = self.search(
            Domain("user_id", "=", user.id)
            & (
                Domain("digest", "in", emails.mapped("digest"))
                | Domain("brief_digest", "in", list(filter(None, brief.values())))
            )
        )
        by_digest, by_brief = kept.grouped("digest"), kept.grouped("brief_digest")
        rows = {
            email: by_digest.get(email.digest)
            or by_brief.get(brief[email], self.browse())._at_another_limit(email)
            for email in emails
        }
        levels = {
            email: least(of_email.mapped("visibility"))
            for email, of_email in rows.items()
            if of_email
        }
        self.union(*rows.values()).unlink()
        return levels

    def _at_another_limit(self, email):
        """Return those of these rows that are about an email whose text was copied, and is not now, or the reverse."""
        return self.filtered(
            lambda row: (
                row.brief_digest in (row.digest, email.digest)
                and abs(row.size - email.size) <= SLACK
            )
        )
