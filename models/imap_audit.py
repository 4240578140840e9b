"""Is everything there? The server's messages compared with what is stored, and what is missing linked.

Every message of a synced folder, within the period, has exactly one outcome: linked, skipped by a rule, in quarantine,
or pending. Skipped mail leaves no trace, so its verdict is found anew, from its header, on the path of all mail
(imap_reader.py): what comes out of that as linked was missing, and is linked now.
"""

import logging
import time
from collections import Counter
from datetime import timedelta

from ..lib.changes import rebased
from ..lib.errors import Scope, SyncError
from .imap_reader import Reader

_logger = logging.getLogger(__name__)

#: messages that are compared, and stored, together; bounds the memory
WINDOW = 500
#: what a report counts, besides the rules
COUNTS = ("on_server", "linked", "skipped", "quarantined", "pending", "missing", "gone")


class Audit:
    """One audit of a mailbox. It goes on where the last one stopped, as each folder remembers how far it came.

    :param connection: the ``imap.connection`` (sudo), claimed by the caller
    :param float budget_seconds: stop between two windows after about this time; None: when all is compared
    """

    def __init__(self, connection, budget_seconds=None):
        self._connection = connection
        self._deadline = budget_seconds and time.monotonic() + budget_seconds
        self._reader = Reader(connection)
        self._moved = False
        self.finished = False

    def go(self, session):
        """Compare all synced folders that were not compared yet, until all are or the time is up.

        :param session: an open :class:`~..lib.session.Session`
        :raise SyncError: the mailbox or its host cannot be used any more; what was found stays
        """
        for folder in self._connection._audited_folders():
            if (folder.audit or {}).get("done"):
                continue
            try:
                self._compare(session, folder)
            except SyncError as error:
                if error.scope is not Scope.FOLDER:
                    raise
                _logger.info("Audit of folder %s: %s", folder.id, error.detail)
                folder.audit = {"done": True, "error": error.code}
            if self._stopped():
                return
        self.finished = True

    def _stopped(self):
        """Say whether to stop here. An audit that is short of time still compares one window."""
        late = self._deadline and self._moved and time.monotonic() > self._deadline
        return late or not self._connection._may_sync()

    def _compare(self, session, folder):
        if folder.trouble:
            folder.audit = {"done": True, "error": "trouble"}
            return
        snapshot = folder._open(session)
        audit = dict(folder.audit or {})
        if audit.get("uidvalidity") != folder._uidvalidity(snapshot):
            audit = self._begin(session, folder, snapshot)
        cursor = folder._cursor()
        if rebased(cursor, snapshot) != cursor:
            # never read, or numbered anew: the next sync reads all of it
            cursor = None
        while audit["next"] < audit["end"]:
            found = session.uids_from(audit["next"], WINDOW)
            uids = [uid for uid in found if uid < audit["end"]]
            complete = len(found) < WINDOW or len(uids) < len(found)
            upto = audit["end"] if complete else uids[-1] + 1
            counts = self._compare_window(session, folder, audit, uids, upto, cursor)
            audit["counts"] = dict(Counter(audit["counts"]) + counts)
            audit["next"] = upto
            folder.audit = dict(audit)
            self._moved = True
            self._connection._checkpoint()
            self._reader.touched.settle()
            if self._stopped():
                return
        folder.audit = {**audit, "done": True}

    def _begin(self, session, folder, snapshot):
        """Return where the audit of a folder begins and ends."""
        since = self._connection.sync_since
        first, gone = 1, 0
        if since:
            # as for the backfill: SINCE looks at the server's local date
            first = session.first_uid_since((since - timedelta(days=1)).date())
            first = snapshot.uidnext if first is None else first
            # the server has no mail of the period below that: it had these
            gone = folder.env["imap.placement"].search_count(
                [
                    ("folder_id", "=", folder.id),
                    ("uidvalidity", "=", folder._uidvalidity(snapshot)),
                    ("uid", "<", first),
                    ("state", "!=", "gone"),
                    ("email_id.date", ">=", since),
                    ("email_id.deleted_date", "=", False),
                ]
            )
        return {
            "uidvalidity": folder._uidvalidity(snapshot),
            "next": first,
            "end": snapshot.uidnext,
            "counts": {"gone": gone},
            "done": False,
        }

    def _compare_window(self, session, folder, audit, uids, upto, cursor):
        """Compare the messages of a folder from ``audit["next"]`` to before ``upto``; repair what is missing.

        :param list uids: those that the server has
        :param cursor: how far the folder was read, None if nothing is read of it yet
        :return: Counter of COUNTS, and of the rules as ``skipped:code``
        """
        placements = folder.env["imap.placement"]
        here = [("folder_id", "=", folder.id), ("uidvalidity", "=", audit["uidvalidity"])]
        placed = placements.search_fetch([*here, ("uid", "in", uids)], ["uid", "state", "email_id"])
        between = [("uid", ">=", audit["next"]), ("uid", "<", upto), ("uid", "not in", uids)]
        absent = placements.search_fetch([*here, *between, ("state", "!=", "gone")], ["email_id"])
        counts = Counter(gone=len(absent.filtered(lambda p: not p.email_id.deleted_date)))
        # not found by a sync, and there: what was not linked is to be decided about like any other
        back = placed.filtered(lambda p: p.state in ("missing", "gone"))
        back.filtered("email_id").write({"state": "linked", "missing_since": False})
        placed -= back.filtered(lambda p: not p.email_id)
        back.filtered(lambda p: not p.email_id).unlink()
        states = placed._outcomes()

        unknown = sorted(set(uids) - set(placed.mapped("uid")))
        decided = [uid for uid in unknown if cursor and cursor.covers(uid)]
        tally = self._reader.take(
            session,
            folder,
            decided,
            uidvalidity=audit["uidvalidity"],
            silent=True,
            again=True,
            isolate=True,
            note=lambda tally: folder._count(0, tally.linked, tally.quarantined, Counter()),
        )
        vanished = len(decided) - tally.seen
        passed_over = tally.skipped + Counter(deleted=states["deleted"])
        counts.update(
            on_server=len(uids) - vanished,
            linked=states["linked"] + tally.linked,
            skipped=passed_over.total(),
            quarantined=states["quarantined"] + tally.quarantined,
            pending=len(unknown) - len(decided),
            missing=tally.linked,
        )
        counts.update({f"skipped:{rule}": number for rule, number in passed_over.items()})
        return counts


def folder_report(folder):
    """Return what the last audit found in a folder, as a dict: COUNTS, ``skipped_by_rule``, ``folder``, ``error``."""
    audit = folder.audit or {}
    counts = audit.get("counts", {})
    return {
        "folder": folder.path,
        "finished": bool(audit.get("done")),
        "error": audit.get("error", False),
        **{name: counts.get(name, 0) for name in COUNTS},
        "skipped_by_rule": {
            name.partition(":")[2]: number
            for name, number in counts.items()
            if name.startswith("skipped:")
        },
    }


def total(reports):
    """Return the report of a mailbox: the sums of its folders' reports, and these."""
    by_rule = Counter()
    for report in reports:
        by_rule.update(report["skipped_by_rule"])
    sums = {name: sum(report[name] for report in reports) for name in COUNTS}
    finished = bool(reports) and all(report["finished"] for report in reports)
    return {
        **sums,
        "skipped_by_rule": dict(by_rule),
        "finished": finished,
        "complete": finished
        and not sums["pending"]
        and not any(report["error"] for report in reports),
        "folders": reports,
    }
