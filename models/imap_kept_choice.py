from odoo import api, fields, models

from .imap_share import VISIBILITIES, least


class ImapKeptChoice(models.Model):
    """What an owner chose for a single email that has left Odoo and may come back.

    It leaves with its mailbox, with a contact that is deleted, or by what is never synced. Without this row mail that
    its owner had made private would come back as open as the mailbox. Of the email itself only the digest is kept.
    """

    _name = "imap.kept.choice"
    _description = "What an owner chose for an email that left"

    user_id = fields.Many2one("res.users", string="Owner", required=True, ondelete="cascade")
    digest = fields.Char(required=True)
    visibility = fields.Selection(VISIBILITIES, required=True)

    _user_digest_unique = models.UniqueIndex("(user_id, digest)")

    @api.model
    def _keep(self, shares):
        """Remember what was chosen for the emails of some shares that are about to be removed (sudo)."""
        chosen = {}
        for share in shares.filtered(lambda s: s.visibility and s.user_id):
            chosen.setdefault((share.user_id.id, share.email_id.digest), []).append(
                share.visibility
            )
        before = self._of({user for user, _digest in chosen}, {digest for _user, digest in chosen})
        for row in before:
            levels = chosen.pop((row.user_id.id, row.digest), None)
            if levels:
                row.visibility = least(levels)
        self.create(
            [
                {"user_id": user, "digest": digest, "visibility": least(levels)}
                for (user, digest), levels in chosen.items()
            ]
        )

    @api.model
    def _take(self, user, emails):
        """Return what a user had chosen for emails that come back, and forget it: a dict of email -> level (sudo)."""
        kept = self._of(user.ids, emails.mapped("digest"))
        levels = {row.digest: row.visibility for row in kept}
        kept.unlink()
        return {email: levels[email.digest] for email in emails if email.digest in levels}

    @api.model
    def _of(self, users, digests):
        return self.search([("user_id", "in", list(users)), ("digest", "in", list(digests))])
