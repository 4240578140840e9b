"""Emails that people deleted in Odoo, and that no later sync brings back.

Of such an email only its digests and its size are kept, by which a copy of it is recognised wherever it turns up:
neither who wrote it to whom nor what it is about. Its placements stay, so that a copy that was read once is not fetched
again; its shares stay, so that it is as private as it was if it comes back.
"""

from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from . import imap_removal
from .imap_entry import present_entries
from .imap_other_limit import brief_digest

#: the rule under which mail is counted that was deleted in Odoo
RULE = "deleted"
_FORGOTTEN = (
    "subject",
    "message_id",
    "thread_key",
    "addresses",
    "authentication",
    "authentication_method",
)


class ImapTombstoneMixin(models.AbstractModel):
    """An email that can be deleted in Odoo, so that it stays deleted."""

    _name = "imap.tombstone.mixin"
    _description = "Email that stays deleted"

    deleted_date = fields.Datetime(
        readonly=True,
        index="btree_not_null",
        help="When it was deleted in Odoo. Its digests and its size are kept then, so that it does not come back.",
    )
    deleted_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    deleted_by_manager = fields.Boolean(
        readonly=True, help="Only who manages all mailboxes brings it back."
    )
    comes_back = fields.Boolean(
        readonly=True,
        help="It left with its mailbox and comes back with it; on which records people put it is remembered.",
    )

    brief_digest = fields.Char(
        readonly=True,
        index="btree_not_null",
        help="Of one that is not in Odoo any more: the digest that it has where its text is not copied.",
    )

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, active_test=True, **kwargs):
        """Leave out what was deleted, as archived records are: in lists, counts, and whatever else searches."""
        if active_test and self.env.context.get("active_test", True):
            domain = Domain(domain) & Domain("deleted_date", "=", False)
        return super()._search(domain, offset, limit, order, active_test=active_test, **kwargs)

    # ------------------------------------------------------------------
    # what a person does
    # ------------------------------------------------------------------

    def action_delete(self):
        """Ask whether to delete these emails in Odoo."""
        return self.env["imap.delete"]._open(self)

    def _delete(self):
        """Delete emails in Odoo, so that they do not come back; in the mailboxes nothing changes.

        :raise AccessError: the person does not read them, or none of their mailboxes brought them
        """
        self.check_access("read")
        if self - self._deletable():
            raise AccessError(
                self.env._(
                    "You can delete the emails of your own mailbox. “Remove from here” takes the others off a record."
                )
            )
        self._bury()

    def _deletable(self):
        """Return those of these emails that the person may delete in Odoo: they came through a mailbox of theirs."""
        if self.env.user.has_group("mail_imap_sync.group_manager"):
            return self
        # sudo: imap.share - whether the person owns it
        own = Domain("email_id", "in", self.ids) & Domain("user_id", "=", self.env.uid)
        shares = self.env["imap.share"].sudo().search_fetch(own, ["email_id"])
        return self & shares.email_id.with_env(self.env)

    # ------------------------------------------------------------------
    # rows
    # ------------------------------------------------------------------

    def _bury(self, by_manager=False):
        """Keep nothing of these emails but what it takes to recognise them."""
        # sudo: imap.email, mail.message - the caller has checked what the person may do
        emails = self.sudo().filtered(lambda email: not email.deleted_date)
        emails.placement_ids._count_deleted()
        self.env["imap.link"].sudo().search([("email_id", "in", emails.ids)]).unlink()
        emails._empty({"deleted_by_id": self.env.uid, "deleted_by_manager": by_manager})

    def _leave_with_mailbox(self):
        """Remove emails that may come back (sudo); where people put them, and took them off, is remembered."""
        decisions = self.env["imap.link"].search([("email_id", "in", self.ids)])
        decisions.write({"kept": False, "kept_until": False})
        decided = decisions.email_id
        decided.share_ids.unlink()
        decided._empty({"comes_back": True})
        (self - decided).unlink()

    def _forget_undecided(self):
        """Keep no fingerprint of those of these emails that left, and about which nothing is remembered (sudo)."""
        waiting = self.filtered("comes_back")
        if waiting:
            decisions = self.env["imap.link"].search([("email_id", "in", waiting.ids)])
            (waiting - decisions.email_id).unlink()

    def _empty(self, values):
        """Keep nothing of these emails but what it takes to recognise them (sudo)."""
        self.entry_ids.unlink()
        self._unlink_attachments()
        for email in self:
            email.brief_digest = brief_digest(email)
        now = fields.Datetime.now()
        self.write(
            {
                **dict.fromkeys(_FORGOTTEN, False),
                "date": now,
                "direction": "in",
                "kind": "person",
                "deleted_date": now,
                **values,
            }
        )

    @api.model
    def _standing_on(self, records):
        """Return the emails with an entry on some records (sudo)."""
        entries = self.env["mail.message"].search_fetch(
            [
                ("model", "=", records._name),
                ("res_id", "in", records.ids),
                ("imap_email_id", "!=", False),
            ],
            ["imap_email_id"],
        )
        return entries.imap_email_id

    def _leave_with_records(self):
        """Remove those of these emails that stand nowhere any more, after records of theirs were deleted (sudo).

        They come back if the contact does. Only what a person took off other records stays off; as long as that can be
        undone, it is left to ``_forget_kept`` of ``imap.link``.
        """
        standing = {email for email, _model, _id in present_entries(self.env, self)}
        alone = self.filtered(lambda email: email.id not in standing)
        decisions = self.env["imap.link"].search([("email_id", "in", alone.ids)])
        imap_removal.forget(alone - decisions.email_id, "nobody")
        (decisions.email_id - decisions.filtered("kept_until").email_id)._bury()

    def _bring_back(self, values):
        """Let an email that was deleted be one like any other (sudo).

        :param dict values: what is known of it again
        """
        self.ensure_one()
        self.placement_ids._count_deleted(back=True)
        self.write(
            {
                **values,
                "brief_digest": False,
                "deleted_date": False,
                "deleted_by_id": False,
                "deleted_by_manager": False,
                "comes_back": False,
            }
        )


class ImapTombstonePlacementMixin(models.AbstractModel):
    """A copy of an email that may have been deleted in Odoo."""

    _name = "imap.tombstone.placement.mixin"
    _description = "Copy of an email that stays deleted"

    def _outcomes(self):
        """Return how many of these messages have which outcome.

        :return: a Counter of states; mail that was deleted in Odoo is ``deleted`` instead of ``linked``
        """
        self.email_id.fetch(["deleted_date"])
        return Counter(
            RULE
            if placement.state == "linked" and placement.email_id.deleted_date
            else placement.state
            for placement in self
        )

    def _count_deleted(self, back=False):
        """Count these messages as deleted in Odoo instead of linked, or the other way round."""
        for folder, copies in self.grouped("folder_id").items():
            folder._count_as_skipped(copies, RULE, back)
