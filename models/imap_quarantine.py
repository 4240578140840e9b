"""Messages that could not be read are tried again, so that a mended server, parser or database is enough."""

import logging
import time
from collections import Counter
from datetime import timedelta

from odoo import fields

from ..lib.errors import Scope, SyncError
from .imap_reader import Reader

_logger = logging.getLogger(__name__)

#: a message in quarantine is tried again by itself after this time
PATIENCE = timedelta(days=1)
#: messages that one run tries again by itself: there may be thousands, and new mail must not wait for them
MOST_PER_RUN = 20
#: messages that are tried together
TOGETHER = 20


class Quarantine:
    """The messages of one mailbox that could not be read.

    :param connection: the ``imap.connection`` (sudo), claimed by the caller
    """

    def __init__(self, connection, reader=None):
        self._connection = connection
        self._reader = reader or Reader(connection)

    def retry_due(self, session):
        """Try again what has waited for a day; a failure of this does not spoil the run that it belongs to."""
        due = self._connection.env["imap.placement"].search(
            [
                ("connection_id", "=", self._connection.id),
                ("state", "=", "quarantined"),
                ("dismissed", "=", False),
                ("last_attempt", "<=", fields.Datetime.now() - PATIENCE),
                ("folder_id.selected", "=", True),
            ],
            order="last_attempt, id",
            limit=MOST_PER_RUN,
        )
        if not due:
            return
        try:
            self.retry(session, due)
        except SyncError as error:
            _logger.info("Quarantine of mailbox %s: %s", self._connection.id, error.detail)

    def retry(self, session, placements, deadline=None):
        """Try messages again, on the path of every other message.

        :param float deadline: begin nothing new after this moment (``time.monotonic``)
        :return: how many of them are what now: a Counter of the states of placements, ``skipped`` and ``untried``
        :raise SyncError: the mailbox or its host cannot be used any more; what was stored stays
        """
        result = Counter()
        for folder, waiting in placements.grouped("folder_id").items():
            for start in range(0, len(waiting), TOGETHER):
                together = waiting[start : start + TOGETHER]
                if deadline and time.monotonic() > deadline:
                    result["untried"] += len(together)
                    continue
                try:
                    self._retry_together(session, folder, together)
                except SyncError as error:
                    if error.scope is not Scope.FOLDER:
                        raise
                left = together.exists()
                result.update(left.mapped("state"))
                result["skipped"] += len(together) - len(left)
        return result

    def _note_attempt(self, placements):
        """Store the attempt before it is made: a message that breaks connections is not tried with every run."""
        for attempts, group in placements.grouped("attempts").items():
            group.write({"attempts": attempts + 1, "last_attempt": fields.Datetime.now()})
        self._connection._checkpoint()

    def _retry_together(self, session, folder, together):
        self._note_attempt(together)
        snapshot = folder._open(session)
        uidvalidity = folder._uidvalidity(snapshot)
        placements = together.filtered(lambda p: p.uidvalidity == uidvalidity)
        # the server numbered its messages anew: the others are read under their new numbers
        (together - placements).state = "gone"
        waiting = min(len(placements), folder.quarantined)

        def note(tally):
            quarantined = max(tally.quarantined - len(placements), -waiting)
            # those that are on the server no longer are not among those looked at either
            seen = tally.linked + tally.skipped.total() + quarantined
            folder._count(seen, tally.linked, quarantined, tally.skipped)

        self._reader.take(
            session,
            folder,
            placements.mapped("uid"),
            uidvalidity=uidvalidity,
            silent=False,
            again=True,
            isolate=True,
            note=note,
        )
        self._connection._checkpoint()
        self._reader.touched.settle()
