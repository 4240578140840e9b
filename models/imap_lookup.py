from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from . import imap_schedule
from .imap_former_holder import leave_former_holders
from .imap_schedule import ACTIVE_STATES

#: afterwards the rest is left to the weekly audits: a mailbox may be paused for ever
PATIENCE = timedelta(days=30)
#: how long somebody's import of contacts may take: rows are dated by its beginning
LONGEST_TRANSACTION = timedelta(hours=1)


class ImapLookup(models.Model):
    """An address of a contact whose past mail is still to be looked for in some mailboxes."""

    _name = "imap.lookup"
    _description = "Address whose past mail is looked for"
    _order = "id"
    _rec_name = "email"

    # not unique: two people who add the same address at the same time must not stand in each other's way
    email = fields.Char(required=True, readonly=True, index=True)
    done_ids = fields.Many2many(
        "imap.connection", "imap_lookup_done_rel", string="Looked for in", readonly=True
    )

    @api.model
    def _expect(self, emails):
        """Have the past mail of addresses looked for in all mailboxes, in the background.

        :param emails: normalised addresses
        """
        emails = sorted(set(filter(None, emails)))
        # the mailbox that made these contacts of its past mail goes through all of it anyway
        done = self.env["imap.connection"].browse(self.env.context.get("imap_met_in", ()))
        if emails and self._awaited(limit=len(done) + 1) - done:
            self.create([{"email": email, "done_ids": done.ids} for email in emails])
            imap_schedule.wake(self.env)

    @api.model
    def _mailboxes(self):
        """Return the mailboxes that look for past mail; one that is in trouble does so after that."""
        return self.env["imap.connection"].search(
            [("state", "in", ACTIVE_STATES), ("user_id.active", "=", True)]
        )

    @api.model
    def _awaited(self, limit=None):
        """Return the mailboxes that are to look for past mail: those that were stopped do so when they go on."""
        return self.env["imap.connection"].search([("state", "!=", "draft")], limit=limit)

    @api.model
    def _waiting_domain(self, connection):
        """Return whom a mailbox has yet to look for. One that was connected later met them as contacts.

        It did not if they were still being added when it was connected: it saw nothing of that.
        """
        since = (connection.connected_since or fields.Datetime.now()) - LONGEST_TRANSACTION
        return Domain("done_ids", "not in", connection.ids) & Domain("create_date", ">=", since)

    @api.model
    def _mailboxes_with_work(self):
        """Return the mailboxes in which there is somebody to be looked for, or mail that was found to be read."""
        if not self.search_count([], limit=1):
            return self._mailboxes().browse()
        return self._mailboxes().filtered(
            lambda mailbox: (
                any(mailbox.folder_ids.mapped("past_uids"))
                if mailbox.lookup_ids
                else self.search_count(self._waiting_domain(mailbox), limit=1)
            )
        )

    @api.model
    def _looked_for(self, emails):
        """Return for which of some addresses past mail is being looked for.

        :param emails: normalised addresses
        """
        lookups = self.search([("email", "in", list(emails))])
        if not lookups:
            return set()
        mailboxes = self._mailboxes()
        waiting = self.browse().union(
            *(lookups.filtered_domain(self._waiting_domain(mailbox)) for mailbox in mailboxes)
        )
        return set(waiting.mapped("email"))

    def _note_done(self, connection):
        """Note that a mailbox has looked for these, and forget those for whom all have."""
        connection.lookup_ids = False
        self.done_ids |= connection
        leave_former_holders(self.env, set(self.mapped("email")))
        waiting = self.browse().union(
            *(self.search(self._waiting_domain(mailbox)) for mailbox in self._awaited())
        )
        self.search([("id", "not in", waiting.ids)]).unlink()

    @api.autovacuum
    def _gc_late(self):
        self.search([("create_date", "<", fields.Datetime.now() - PATIENCE)]).unlink()


class ImapLookupMixin(models.AbstractModel):
    """A mailbox in which past mail of new contacts is looked for."""

    _name = "imap.lookup.mixin"
    _description = "Mailbox that is searched for past mail"

    lookup_ids = fields.Many2many(
        "imap.lookup",
        "imap_lookup_current_rel",
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="Whom this mailbox is being searched for",
    )


class ImapFolderLookupMixin(models.AbstractModel):
    """A folder in which past mail of new contacts is looked for."""

    _name = "imap.folder.lookup.mixin"
    _description = "Folder that is searched for past mail"

    past_uids = fields.Json(
        readonly=True, copy=False, help="Past mail of new contacts that is to be read, ascending"
    )

    def _outcomes(self, uids):
        """Return how many of some messages are linked, and how many in quarantine."""
        placements = self.env["imap.placement"].search(
            [
                ("folder_id", "=", self.id),
                ("uidvalidity", "=", self.uidvalidity),
                ("uid", "in", uids),
            ]
        )
        outcomes = placements._outcomes()
        return outcomes["linked"], outcomes["quarantined"]

    def _count_again(self, before, tally):
        """Correct the counters where messages that were passed over have another outcome now.

        :param before: what :meth:`_outcomes` said
        :param tally: what became of them
        :return: how many are linked that were not
        """
        linked = max(tally.linked - before[0], 0)
        quarantined = max(tally.quarantined - before[1], 0)
        changed = min(linked + quarantined, self.skipped)
        by_rule = Counter()
        # they concerned nobody; other rules do not look at who is a contact
        for rule in sorted(self.skipped_by_rule or {}, key=lambda rule: rule != "nobody"):
            by_rule[rule] = -min(changed, self.skipped_by_rule[rule])
            changed += by_rule[rule]
        self._count(linked + quarantined + sum(by_rule.values()), linked, quarantined, by_rule)
        return linked
