"""One run over one mailbox: what changed -> headers -> match -> bodies -> parse -> store (DESIGN.md section 3)."""

import logging
import time
from collections import Counter
from datetime import timedelta

from odoo import fields

from ..lib.changes import new_mail, past_mail, rebased
from ..lib.errors import (
    ConnectionLost,
    ConnectionTimeout,
    ProtocolError,
    Scope,
    ServerUnavailable,
    SyncError,
)
from ..lib.known import is_unchanged, plan_look
from ..lib.stopwatch import Stopwatch
from ..lib.uid_ranges import UidRanges
from .imap_contacts import Contacts
from .imap_folder_list import FolderList
from .imap_known import KnownMail
from .imap_past_mail import PastMail
from .imap_quarantine import Quarantine
from .imap_reader import Reader

_logger = logging.getLogger(__name__)

#: messages whose headers are read, decided about, and stored in one transaction
SLICE = 500
#: what ends a connection, and may be done by one message
ENDINGS = (ConnectionLost, ConnectionTimeout, ProtocolError, ServerUnavailable)
#: runs that ended so at the same slice, after which the message that does it is looked for
FAILURES_TO_ISOLATE = 2


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
        self._stopwatch = Stopwatch()
        #: mails linked by this run that came since the last one
        self.new_linked = 0
        self._lookups = None
        # no folder was left out
        self._whole = True
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

    @property
    def found(self):
        """How many past mails of new contacts were linked; they are not among the counters."""
        return self._lookups.linked if self._lookups else 0

    def laps(self):
        """Return what the time until now went into: seconds by phase."""
        self._stopwatch.lap("rest")
        return self._stopwatch.laps

    def go(self, session):
        """Read new mail in all folders, then past mail, until all is read or the time is up.

        :param session: an open :class:`~..lib.session.Session`
        :raise SyncError: the mailbox or its host cannot be used any more; what was stored stays
        """
        self._stopwatch.lap("sign_in")
        self._connection._note_server(session)
        self._connection._fulfil_wish()
        # not before the sign-in, which may have brought fresh tokens
        self._terms = self._current_terms()
        self._reader = Reader(self._connection, Contacts(self._connection))
        # makes nobody a contact
        self._incurious_reader = Reader(self._connection, touched=self._reader.touched)
        self._known = KnownMail(self._connection)
        self._reader.touched.recover()
        self._read_folders(session)
        self._reader.touched.close()

    def _read_folders(self, session):
        lookups = self._lookups = PastMail(self._connection, self._incurious_reader, self._stopped)
        lookups.begin(session)
        changed = self._changed_folders(session)
        self._stopwatch.lap("folders")
        for slices in (new_mail, past_mail):
            if slices is past_mail:
                lookups.read_found(session)
                if self._connection.backfill_paused:
                    break
                changed = self._in_order(changed)
                self._count_past(session, changed)
            for folder in changed:
                if self._stopped():
                    return
                if slices is past_mail and folder.backfilled:
                    continue
                self._read_folder(session, folder, slices)
        lookups.end()
        if self._whole and not self._stopped():
            self._known.settle(session, self._stopped)
        if not self._stopped():
            Quarantine(self._connection, self._reader).retry_due(session)

    # ------------------------------------------------------------------
    # which folders, which slices
    # ------------------------------------------------------------------

    def _changed_folders(self, session):
        """Return the selected folders in which something is to be read, by one look at all of them."""
        states = FolderList(self._connection).survey(session)
        now = fields.Datetime.now()
        changed = self._connection.env["imap.folder"]
        for folder in self._connection.folder_ids:
            if not folder.selected or not folder.available or folder.trouble:
                continue
            state = states.get(folder.raw_path.encode("latin-1"))
            if state is None:
                self._whole = False
                continue
            if folder.message_count != state.messages:
                folder.message_count = state.messages
            if self._is_due(folder, state, session.tracking, now):
                changed += folder
            elif folder.resets:
                folder.resets = 0
        return changed

    @staticmethod
    def _is_due(folder, state, tracking, now):
        """Say whether there is anything to read in a folder, given its STATUS."""
        past_rests = folder.backfilled or folder.connection_id.backfill_paused
        read = (folder.uidvalidity, folder.uidnext, past_rests)
        look = folder._look()
        if read != (state.uidvalidity, state.uidnext, True) or not is_unchanged(look, state):
            return True
        # without MODSEQ, flags change without a trace
        return bool(plan_look(look, state, tracking, bool(folder.linked), now))

    def _in_order(self, folders):
        """Return folders in the order in which their past is to be read: whom the owner wrote to is known before what
        those people wrote is decided about."""
        if self._connection.contact_policy != "sent":
            return folders
        return folders.sorted(lambda folder: folder.role != "sent")

    def _read_folder(self, session, folder, slices):
        try:
            snapshot = folder._open_to_read(session)
            cursor = rebased(folder._cursor(), snapshot)
            if cursor != folder._cursor():
                folder._begin_again(cursor)
                # a slice that is tried again goes back to here, and must not go back further
                self._connection._checkpoint()
                if folder.trouble:
                    return
            elif folder.resets and slices is new_mail:
                folder.resets = 0
            if slices is new_mail:
                self._whole &= self._known.look(session, folder, snapshot)
            for piece in self._slices(slices, session, folder, cursor, snapshot):
                self._read_slice(session, folder, piece)
                if self._stopped():
                    return
        except SyncError as error:
            if isinstance(error, ENDINGS):
                # may be the fault of a message: the next run looks for it
                folder.failures += 1
            if error.scope is not Scope.FOLDER:
                raise
            self._whole = False
            _logger.info(
                "Folder %s of mailbox %s: %s", folder.id, self._connection.id, error.detail
            )

    def _slices(self, slices, session, folder, cursor, snapshot):
        if slices is new_mail:
            return new_mail(session, cursor, snapshot, SLICE)
        # SINCE looks at the server's local date (RFC 3501 6.4.4): a day earlier holds in every time zone
        since = folder._past_since()
        return past_mail(session, cursor, since and (since - timedelta(days=1)).date(), SLICE)

    def _count_past(self, session, folders):
        """Count the past mail of folders that was not looked at yet, so that the progress is known from the start."""
        for folder in folders.filtered(lambda f: not f.backfilled and f.past_total < 0):
            if self._stopped():
                return
            since = folder._past_since()
            number = folder.message_count
            # a folder that is read at once needs no round trips for that
            if since and number > SLICE:
                try:
                    folder._open(session)
                    first = session.first_uid_since((since - timedelta(days=1)).date())
                    number = session.count_from(first) if first else 0
                except SyncError as error:
                    # reading the folder will say what is wrong with it
                    if error.scope is not Scope.FOLDER:
                        raise
            folder.write({"past_total": number, "past_noted": fields.Datetime.now()})
        self._connection._checkpoint()

    def _stopped(self):
        """Say whether to stop here: the time is up, or somebody paused the mailbox, or changed what the run is about.

        A run that is short of time still reads one slice, so that it never comes back for nothing.
        """
        if self._deadline and self._slices_read and time.monotonic() > self._deadline:
            self.unfinished = True
        if self._terms != self._current_terms():
            # what this run still knows of cursors and periods is not true any more: another one begins with the new
            self.unfinished = True
        return self.unfinished or not self._connection._may_sync()

    def _current_terms(self):
        """Return whose mail is read, with which password, since when, and what is to become of the past.

        Whoever changes one of them also resets cursors. A change between two slices is seen here; one during a slice
        makes storing it fail, as both write to the folder (transactions are serialized).
        """
        connection = self._connection
        return (
            connection.user_id,
            connection.secret,
            connection.sync_since,
            connection.backfill_paused,
            connection.backfill_wishes,
        )

    # ------------------------------------------------------------------
    # one slice
    # ------------------------------------------------------------------

    def _read_slice(self, session, folder, piece):
        """Read a slice and store its outcomes together with the cursor, then commit."""
        vanished = UidRanges()

        def note(tally):
            nonlocal vanished
            folder._count(tally.seen, tally.linked, tally.quarantined, tally.skipped)
            folder._store_cursor(piece.cursor)
            if piece.backfill:
                folder._note_progress(len(piece.uids), piece.cursor.backfilled)
                if piece.cursor.backfilled:
                    folder.write(folder._past_read())
            # told with any command after ENABLE QRESYNC, and not a second time
            vanished |= session.vanished()
            self._known.note_vanished(folder, vanished)
            if folder.failures:
                folder.failures = 0

        self._connection._note_reading()
        hand_picked = piece.backfill and folder.people_chosen
        reader = self._incurious_reader if hand_picked else self._reader
        tally = reader.take(
            session,
            folder,
            piece.uids,
            uidvalidity=piece.cursor.uidvalidity,
            silent=piece.backfill,
            relink=piece.backfill,
            isolate=folder.failures >= FAILURES_TO_ISOLATE,
            note=note,
        )
        self._slices_read += 1
        self._counts.update(seen=tally.seen, linked=tally.linked, quarantined=tally.quarantined)
        self._skipped.update(tally.skipped)
        if not piece.backfill:
            self.new_linked += tally.linked
        self._connection._checkpoint()
        self._reader.touched.settle()
        self._stopwatch.lap("past_mail" if piece.backfill else "new_mail")
