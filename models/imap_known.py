"""Keeps what is known of a mailbox's messages up to date: their flags, and which of them are still there.

Nothing is deleted here. A copy that vanished is *missing* at first; it is *gone* once a later run, over another
connection and after a whole pass over the mailbox, asked for it by its UID and did not get it. Until then it may turn
up again: a listing was short, a backup was played back, or the message was moved to a folder that comes later.
"""

import logging

from odoo import fields
from odoo.tools import split_every

from ..lib.errors import CommandRefused, Scope, SyncError
from ..lib.known import (
    EVERYTHING,
    NOTHING,
    RECENT_MESSAGES,
    Flags,
    flags_text,
    look_made,
    plan_look,
)

_logger = logging.getLogger(__name__)

#: UIDs in one condition of a query
MOST_UIDS = 5000
#: runs of vanished UIDs that are looked for one by one
MOST_RUNS = 50
#: states of a copy that has been on the server once
COPIES = ("linked", "missing", "gone")


class KnownMail:
    """The known messages of one mailbox, during one run.

    :param connection: the ``imap.connection`` (sudo), claimed by the caller
    """

    def __init__(self, connection):
        self._connection = connection
        self._placements = connection.env["imap.placement"]
        self._started = fields.Datetime.now()

    # ------------------------------------------------------------------
    # a look at one folder
    # ------------------------------------------------------------------

    def look(self, session, folder, snapshot):
        """Find out what happened to the known messages of the folder that is open, and store it.

        To be called before anything else is asked of the folder.

        :param snapshot: what the server said when it was opened
        :return: whether it could be found out; if not, it is tried again next time
        """
        if not snapshot.uidvalidity:
            # UIDs mean nothing for sure
            return True
        now = fields.Datetime.now()
        last = folder._look()
        plan = plan_look(last, snapshot, session.tracking, self._anything_known(folder), now)
        plans = [plan] if plan.flags is not Flags.CHANGED else [plan, EVERYTHING]
        for plan in plans:
            try:
                self._follow(session, folder, last, plan)
            except CommandRefused as error:
                _logger.info("Look at folder %s: %s", folder.id, error.detail)
            else:
                self._note_look(
                    folder, last, look_made(last, plan, snapshot, session.tracking, now)
                )
                return True
        return False

    def _note_look(self, folder, last, look):
        if look != last:
            folder._store_look(look)
        self._connection._checkpoint()

    def _anything_known(self, folder):
        return bool(self._placements.search_count(self._of(folder), limit=1))

    def _follow(self, session, folder, last, plan):
        if plan == NOTHING:
            return
        if plan.flags is Flags.CHANGED:
            for changes in session.changes_since(last.highestmodseq):
                self._note_flags(folder, changes.flags, changes.labels)
                self.note_vanished(folder, changes.vanished)
        if plan.flags is Flags.RECENT:
            for part in session.listing(flags=True, last=RECENT_MESSAGES):
                self._note_flags(folder, part.flags, part.labels)
        if plan.listing and session.quirks.partial_view:
            # what is missing in a list of this server may be there
            if plan.flags is Flags.ALL:
                self._note_all(session, folder)
        elif plan.listing:
            missing = self._placements
            for part in session.listing(flags=plan.flags is Flags.ALL):
                self._note_flags(folder, part.flags, part.labels)
                missing += self._absent(folder, part)
            # the listing has ended well and is complete
            self._mark_missing(folder, missing)

    def _note_all(self, session, folder):
        """Store the flags of all known messages, asked for by their UIDs."""
        known = self._placements.search(self._of(folder)).mapped("uid")
        for uids in split_every(MOST_UIDS, known):
            self._note_flags(folder, session.present(uids))

    def _absent(self, folder, part):
        """Return the linked messages of a part of the folder that its listing lacks; those it has are linked again."""
        known = self._placements.search_fetch(
            self._of(folder) + [("uid", ">=", part.low), ("uid", "<=", part.high)], ["uid", "state"]
        )
        self._relink(known.filtered(lambda p: p.state != "linked" and p.uid in part.uids))
        absent = known.filtered(lambda p: p.state == "linked" and p.uid not in part.uids)
        known.invalidate_recordset()
        return absent

    def note_vanished(self, folder, uids):
        """Mark the known ones of these UIDs as missing.

        :param uids: :class:`~..lib.uid_ranges.UidRanges`, with UIDs in it that may never have been
        """
        linked = self._of(folder, ("linked",))
        runs = list(uids)
        if len(runs) > MOST_RUNS:
            for known in self._batches(linked, runs[0][0], runs[-1][1]):
                self._mark_missing(folder, known.filtered(lambda p: p.uid in uids))
            return
        for low, high in runs:
            span = [("uid", ">=", low), ("uid", "<=", high)]
            self._mark_missing(folder, self._placements.search(linked + span))

    def _batches(self, domain, low, high):
        """Yield the placements between two UIDs, some at a time."""
        while known := self._placements.search_fetch(
            domain + [("uid", ">=", low), ("uid", "<=", high)],
            ["uid"],
            order="uid",
            limit=MOST_UIDS,
        ):
            low = known[-1].uid + 1
            yield known

    def _mark_missing(self, folder, placements):
        if placements:
            placements.write({"state": "missing", "missing_since": fields.Datetime.now()})

    def _note_flags(self, folder, flags_by_uid, labels_by_uid=None):
        """Store flags and labels; a message of which the server tells them is there."""
        labels_by_uid = labels_by_uid or {}
        for uids in split_every(MOST_UIDS, flags_by_uid):
            known = self._placements.search_fetch(
                self._of(folder) + [("uid", "in", uids)], ["uid", "state", "flags", "labels"]
            )
            self._relink(known.filtered(lambda p: p.state != "linked"))
            changed = {}
            for placement in known:
                flags = flags_text(flags_by_uid[placement.uid])
                labels = labels_by_uid.get(placement.uid, tuple(placement.labels or ()))
                if (flags, labels) != (placement.flags or "", tuple(placement.labels or ())):
                    changed.setdefault((flags, labels), []).append(placement.id)
            for (flags, labels), ids in changed.items():
                values = {"flags": flags, "labels": list(labels) or False}
                self._placements.browse(ids).write(values)

    def _relink(self, placements):
        if placements:
            placements.write({"state": "linked", "missing_since": False})

    def _of(self, folder, states=COPIES):
        return [
            ("folder_id", "=", folder.id),
            ("uidvalidity", "=", folder.uidvalidity),
            ("state", "in", states),
            ("email_id", "!=", False),
        ]

    # ------------------------------------------------------------------
    # the second look
    # ------------------------------------------------------------------

    def settle(self, session, stopped):
        """Decide about what an earlier run missed; to be called after a whole pass over the mailbox.

        :param stopped: a function that says whether to stop
        """
        missing = self._placements.search(
            [
                ("connection_id", "=", self._connection.id),
                ("state", "=", "missing"),
                ("missing_since", "<", self._started),
                ("folder_id.selected", "=", True),
                ("folder_id.available", "=", True),
            ]
        )
        for folder, placements in missing.grouped("folder_id").items():
            placements = placements.filtered(lambda p, f=folder: p.uidvalidity == f.uidvalidity)
            if not placements:
                continue
            if stopped():
                return
            try:
                self._settle_folder(session, folder, placements)
            except SyncError as error:
                if error.scope is not Scope.FOLDER:
                    raise
                _logger.info("Folder %s: %s", folder.id, error.detail)

    def _settle_folder(self, session, folder, placements):
        snapshot = folder._open(session)
        if snapshot.uidvalidity != folder.uidvalidity:
            return
        present = session.present(placements.mapped("uid"))
        self._note_flags(folder, present)
        gone = placements.filtered(lambda p: p.uid not in present)
        gone.write({"state": "gone"})
        self._connection._checkpoint()
