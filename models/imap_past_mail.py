"""Past mail of people who became contacts: found by the server, decided about as all mail is."""

import logging

import psycopg2

from ..lib.errors import Scope, SyncError

_logger = logging.getLogger(__name__)

#: messages whose outcome is stored in one transaction
SLICE = 200
#: for more new addresses than this, a look at all headers costs less than searching for each
MOST_SEARCHED = 200


class PastMail:
    """Looks for the past mail of new contacts in one mailbox.

    First the folders are searched, and what may be meant is noted with them; then that is read in slices. Both go on
    where they were interrupted.

    :param connection: the ``imap.connection`` (sudo), claimed by the caller
    :param reader: the :class:`~.imap_reader.Reader`
    :param stopped: says whether to stop here
    """

    def __init__(self, connection, reader, stopped):
        self._connection = connection
        self._reader = reader
        self._stopped = stopped
        #: mails that were linked by this
        self.linked = 0

    def begin(self, session):
        """Search for those who are waiting; to be called before it is decided which folders are read.

        :raise SyncError: the mailbox or its host cannot be used any more
        """
        lookups = self._connection.env["imap.lookup"]
        if self._connection.lookup_ids:
            return
        waiting = lookups.search(lookups._waiting_domain(self._connection))
        if not waiting:
            return
        if len(waiting) > MOST_SEARCHED:
            # as for a longer period: what is stored is passed over by its UID
            self._connection.folder_ids._restart_backfill()
        else:
            for folder in self._folders():
                self._search(session, folder, waiting.mapped("email"))
        self._connection.lookup_ids = waiting
        self._connection._checkpoint()

    def read_found(self, session):
        """Read what was found, until the time is up.

        :raise SyncError: the mailbox or its host cannot be used any more; what was stored stays
        """
        if self._connection.lookup_ids:
            for folder in self._folders():
                self._read(session, folder)

    def end(self):
        """Note that they were looked for, if all of it was read."""
        lookups = self._connection.lookup_ids
        left = (folder.past_uids or not folder.backfilled for folder in self._folders())
        if lookups and not any(left):
            try:
                with self._connection.env.cr.savepoint():
                    lookups._note_done(self._connection)
            except psycopg2.OperationalError:
                # the worker of another mailbox notes the same at this moment: the next run does it
                _logger.info("Mailbox %s: to be noted later", self._connection.id)
            self._connection._checkpoint()

    def _folders(self):
        return self._connection.folder_ids.filtered(
            lambda f: f.selected and f.available and not f.trouble
        )

    @staticmethod
    def _search(session, folder, emails):
        """Note the messages that may be of some people, as far as a sync has passed over them.

        The others are yet to be read, and the people are contacts by then. What the server does not find is found by
        the weekly audit.
        """
        try:
            snapshot = folder._open(session)
            if folder._uidvalidity(snapshot) != folder.uidvalidity:
                return
            found = session.search_people(emails)
        except SyncError as error:
            if error.scope is not Scope.FOLDER:
                raise
        else:
            folder.past_uids = [
                uid for uid in found if folder.backfill_uid <= uid < folder.uidnext
            ] or False

    def _read(self, session, folder):
        """Read what was noted, the youngest first."""
        if not folder.past_uids or self._stopped():
            return
        try:
            snapshot = folder._open(session)
            if folder._uidvalidity(snapshot) != folder.uidvalidity:
                # everything in it is about to be read anew
                folder.past_uids = False
                return
            while folder.past_uids and not self._stopped():
                self._read_slice(session, folder)
        except SyncError as error:
            if error.scope is not Scope.FOLDER:
                raise

    def _read_slice(self, session, folder):
        left, uids = folder.past_uids[:-SLICE], folder.past_uids[-SLICE:]
        before, linked = folder._outcomes(uids), 0

        def note(tally):
            nonlocal linked
            folder.past_uids = left or False
            linked = folder._count_again(before, tally)

        self._connection._note_reading()
        self._reader.take(
            session,
            folder,
            uids,
            uidvalidity=folder.uidvalidity,
            silent=True,
            relink=True,
            # a message that ends the connection must not keep the mailbox from everything else
            isolate=True,
            note=note,
        )
        self.linked += linked
        self._connection._checkpoint()
        self._reader.touched.settle()
