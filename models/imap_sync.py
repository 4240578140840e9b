"""One run over one mailbox: what changed -> headers -> match -> bodies -> parse -> store (DESIGN.md section 3)."""

import logging
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta, timezone

import psycopg2

from odoo.modules import module

from ..lib.changes import new_mail, past_mail, rebased
from ..lib.errors import MessageUnreadable, Scope, SyncError
from ..lib.headers import read_header_facts
from ..lib.match import Outcome, match
from ..lib.parse import parse_mail
from .imap_directory import Directory
from .imap_store import LinkedMail, Store

_logger = logging.getLogger(__name__)

#: messages whose headers are read, decided about, and stored in one transaction
SLICE = 200
#: linked messages whose bodies are held in memory at once, and their bytes
BODY_BATCH = 100
BODY_BATCH_BYTES = 20_000_000
#: a larger email is linked without its body and says so
LARGEST_BODY = 50_000_000
#: a transaction that lost against another worker is tried again this often
STORE_ATTEMPTS = 3


class SyncRun:
    """One run over one mailbox.

    :param connection: the ``imap.connection`` (sudo), claimed by the caller
    :param float budget_seconds: stop between two slices after about this time; None: when all is read
    """

    def __init__(self, connection, budget_seconds=None):
        self._connection = connection
        self._deadline = budget_seconds and time.monotonic() + budget_seconds
        self._counts = Counter()
        self._skipped = Counter()
        self._slices_read = 0
        self.unfinished = False

    @staticmethod
    def no_counters(busy=False):
        """Return the counters of a run that did nothing."""
        return {
            "seen": 0,
            "linked": 0,
            "skipped": 0,
            "quarantined": 0,
            "pending": 0,
            "busy": busy,
        }

    def counters(self):
        """Return what this run did, and how much is left to be looked at."""
        return {
            **self.no_counters(),
            **self._counts,
            "skipped": sum(self._skipped.values()),
            "pending": self._connection.backlog_count,
        }

    def go(self, session):
        """Read new mail in all folders, then past mail, until all is read or the time is up.

        :param session: an open :class:`~..lib.session.Session`
        :raise SyncError: the mailbox or its host cannot be used any more; what was stored stays
        """
        self._directory = Directory(self._connection)
        changed = self._changed_folders(session)
        for slices in (new_mail, past_mail):
            for folder in changed:
                if self._stopped():
                    return
                self._read_folder(session, folder, slices)

    # ------------------------------------------------------------------
    # which folders, which slices
    # ------------------------------------------------------------------

    def _changed_folders(self, session):
        """Return the selected folders in which something is to be read, by one look at all of them."""
        folders = self._connection.folder_ids.filtered(lambda f: f.selected and f.available)
        raw_names = {folder: folder.raw_path.encode("latin-1") for folder in folders}
        status = session.status(raw_names.values())
        changed = folders.browse()
        for folder, raw_name in raw_names.items():
            now = status.get(raw_name)
            if now is None:
                continue
            if folder.message_count != now.messages:
                folder.message_count = now.messages
            known = (folder.uidvalidity, folder.uidnext, folder.backfilled)
            if known != (now.uidvalidity, now.uidnext, True):
                changed += folder
        return changed

    def _read_folder(self, session, folder, slices):
        try:
            snapshot = session.examine(folder.raw_path.encode("latin-1"))
            cursor = rebased(folder._cursor(), snapshot)
            if cursor != folder._cursor():
                folder._store_cursor(cursor)
                folder.write(folder._zero_counters())
            for piece in self._slices(slices, session, cursor, snapshot):
                self._read_slice(session, folder, piece)
                if self._stopped():
                    return
        except SyncError as error:
            if error.scope is not Scope.FOLDER:
                raise
            _logger.info(
                "Folder %s of mailbox %s: %s", folder.id, self._connection.id, error.detail
            )

    def _slices(self, slices, session, cursor, snapshot):
        if slices is new_mail:
            return new_mail(session, cursor, snapshot, SLICE)
        # SINCE looks at the server's local date (RFC 3501 6.4.4): a day earlier holds in every time zone
        since = self._connection.sync_since
        return past_mail(session, cursor, since and (since - timedelta(days=1)).date(), SLICE)

    def _stopped(self):
        """Say whether to stop here: the time is up, or somebody paused the mailbox.

        A run that is short of time still reads one slice, so that it never comes back for nothing.
        """
        if self._deadline and self._slices_read and time.monotonic() > self._deadline:
            self.unfinished = True
        return self.unfinished or not self._connection._may_sync()

    # ------------------------------------------------------------------
    # one slice
    # ------------------------------------------------------------------

    def _read_slice(self, session, folder, piece):
        """Read a slice and store its outcomes together with the cursor, then commit."""
        headers = session.fetch_headers(piece.uids) if piece.uids else {}
        for attempt in range(1, STORE_ATTEMPTS + 1):
            try:
                with folder.env.cr.savepoint():
                    counts, skipped = self._store_slice(session, folder, piece, headers)
                    folder._count(**counts, skipped=skipped)
                    folder._store_cursor(piece.cursor)
                    folder.env.flush_all()
                break
            except (psycopg2.IntegrityError, psycopg2.errors.SerializationFailure):
                # another worker stored the same email at this moment: begin again and find it there
                if attempt == STORE_ATTEMPTS or module.current_test:
                    raise
                folder.env.cr.rollback()
                folder.env.invalidate_all()
        self._slices_read += 1
        self._counts.update(counts)
        self._skipped.update(skipped)
        self._connection._checkpoint()

    def _store_slice(self, session, folder, piece, headers):
        """Store the outcome of every message of a slice.

        :return: what :meth:`ImapFolder._count` takes
        """
        placed = self._placed(folder, piece)
        quarantined, wanted, skipped = {}, [], Counter()
        readable = []
        for uid, raw in headers.items():
            if uid in placed:
                continue
            if isinstance(raw, MessageUnreadable):
                quarantined[uid] = (0, raw.detail)
            else:
                readable.append((raw, read_header_facts(raw.header, raw.internaldate)))
        context, partners = self._directory.look_up([facts for _raw, facts in readable])
        if not piece.backfill and context.period_start:
            # the server's clock may be behind ours: what arrives after connecting is never too old by minutes
            context = replace(context, period_start=context.period_start - timedelta(days=1))
        for raw, facts in readable:
            verdict = match(facts, self._circumstances(context, folder, raw))
            if verdict.outcome is Outcome.LINK:
                wanted.append((raw, facts, verdict))
            else:
                skipped[verdict.reason.value] += 1
        store = Store(folder, partners)
        for batch in _batches(wanted):
            quarantined.update(self._store_batch(session, store, batch, piece.backfill))
        store.quarantine(quarantined)
        counts = Counter(placed.values())
        return {
            "seen": len(headers),
            "linked": counts["linked"]
            + len(wanted)
            - sum(raw.uid in quarantined for raw, _f, _v in wanted),
            "quarantined": counts["quarantined"] + len(quarantined),
        }, skipped

    @staticmethod
    def _placed(folder, piece):
        """Return uid -> state of the messages of a slice whose outcome is stored already."""
        placements = folder.env["imap.placement"].search_fetch(
            [
                ("folder_id", "=", folder.id),
                ("uidvalidity", "=", piece.cursor.uidvalidity),
                ("uid", "in", list(piece.uids)),
            ],
            ["uid", "state"],
        )
        return {placement.uid: placement.state for placement in placements}

    @staticmethod
    def _circumstances(context, folder, raw):
        """Return the context for matching one message: where it lies, besides who is who."""
        return replace(
            context,
            is_draft=folder.role == "drafts" or "\\draft" in (flag.lower() for flag in raw.flags),
            in_sent_folder=folder.role == "sent",
        )

    # ------------------------------------------------------------------
    # bodies
    # ------------------------------------------------------------------

    def _store_batch(self, session, store, batch, backfill):
        """Fetch, parse and store some linked messages; return those that could not be read.

        :return: uid -> (size, reason)
        """
        failed, mails = {}, []
        bodies = dict(
            session.fetch_bodies([raw for raw, _f, _v in batch if raw.size <= LARGEST_BODY])
        )
        for raw, facts, verdict in batch:
            try:
                mail = self._parsed(raw, bodies)
            except MessageUnreadable as error:
                failed[raw.uid] = (raw.size, error.detail)
            else:
                mails.append(
                    LinkedMail(raw, facts, verdict, mail, silent=backfill or self._is_past(facts))
                )
        failed.update(self._link(store, mails))
        return failed

    @staticmethod
    def _parsed(raw, bodies):
        if raw.size > LARGEST_BODY:
            return None
        body = bodies.get(raw.uid, MessageUnreadable("the server did not send it"))
        if isinstance(body, MessageUnreadable):
            raise body
        return parse_mail(body)

    def _is_past(self, facts):
        """Say whether a mail is older than the connection: moved mail comes with a new UID, and is no news."""
        return facts.date < self._connection.connected_since.replace(tzinfo=timezone.utc)

    def _link(self, store, mails):
        """Store linked mails in bulk; if that fails, one by one, so that a bad one costs only itself."""
        if not mails:
            return {}
        try:
            with store.env.cr.savepoint():
                store.link(mails)
            return {}
        except (psycopg2.IntegrityError, psycopg2.errors.SerializationFailure):
            raise
        except Exception as error:
            if len(mails) == 1:
                _logger.exception("Message %s of mailbox %s", mails[0].raw.uid, self._connection.id)
                return {mails[0].raw.uid: (mails[0].raw.size, type(error).__name__)}
        failed = {}
        for mail in mails:
            failed.update(self._link(store, [mail]))
        return failed


def _batches(wanted):
    """Cut a list of linked messages into pieces whose bodies fit into memory together."""
    batch, size = [], 0
    for item in wanted:
        if batch and (len(batch) >= BODY_BATCH or size + item[0].size > BODY_BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += item[0].size
    if batch:
        yield batch
