"""What becomes of given messages of a folder: headers -> match -> bodies -> parse -> store.

The one path on which mail comes into Odoo. A sync takes it with what is new, the quarantine with what failed before,
the audit with what has no outcome stored, and a person with one email that they want.
"""

import logging
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta, timezone
from functools import cache

import psycopg2

from odoo.modules import module

from ..lib.errors import MessageNotStored, MessageUnreadable
from ..lib.headers import read_header_facts
from ..lib.identity import identity
from ..lib.match import Outcome, match
from ..lib.parse import parse_mail, without_large_attachments
from ..lib.session import RawHeader
from .imap_directory import Directory
from .imap_linked_mail import Failure, LinkedMail
from .imap_numbers import LARGEST_ATTACHMENT, LARGEST_MAIL, MEGABYTE
from .imap_store import Store
from .imap_touched import Touched

_logger = logging.getLogger(__name__)

#: linked messages whose bodies are held in memory at once, and their bytes
BODY_BATCH = 200
BODY_BATCH_BYTES = 20_000_000
#: a transaction that lost against another worker is tried again this often
STORE_ATTEMPTS = 3
_CONFLICTS = (psycopg2.IntegrityError, psycopg2.extensions.TransactionRollbackError)


@dataclass
class Tally:
    """What became of some messages, in numbers.

    :param seen: how many of them the server has
    :param skipped: by code of the rule
    """

    seen: int = 0
    linked: int = 0
    quarantined: int = 0
    skipped: Counter = field(default_factory=Counter)


class Reader:
    """Reads messages of one mailbox.

    :param connection: the ``imap.connection`` (sudo), claimed by the caller
    :param contacts: the :class:`~.imap_contacts.Contacts` that makes contacts by the mailbox's policy; None: nobody
        becomes a contact
    :param wanted_back: says of an ``imap.email`` that was deleted in Odoo whether it is to come back; None: none is
    :param touched: the :class:`~.imap_touched.Touched` that several readers of one run share
    :param widened: what to change about the circumstances of matching, for a person who wants an email although
        rules pass over it: parameters of :class:`~..lib.match.MatchContext`
    """

    def __init__(self, connection, contacts=None, wanted_back=None, touched=None, **widened):
        self._connection = connection
        self._contacts = contacts
        self._wanted_by_person = wanted_back or (lambda email: False)
        self._widened = widened
        self._directory = Directory(connection)
        self._last_attempt = False
        #: whoever takes messages settles it when they are stored
        self.touched = touched or Touched(connection)

    def take(
        self,
        session,
        folder,
        uids,
        *,
        uidvalidity,
        silent,
        again=False,
        relink=False,
        isolate=False,
        note=None,
    ):
        """Read messages of the folder that is open in ``session``, and store what becomes of them.

        :param int uidvalidity: that of the open folder
        :param bool silent: nobody is notified: it is past mail
        :param bool again: read those in quarantine as well
        :param bool relink: let emails that are linked already stand on more records, if they concern them by now
        :param bool isolate: find out which one breaks a connection
        :param note: called with the :class:`Tally` in the transaction that stores the outcomes
        :return: the :class:`Tally`
        """
        found = session.fetch_headers(uids, isolate=isolate) if uids else {}
        piece = _Piece(session, folder, uids, uidvalidity, silent, again, relink, isolate, found)
        for attempt in range(1, STORE_ATTEMPTS + 1):
            self._last_attempt = attempt == STORE_ATTEMPTS
            try:
                with folder.env.cr.savepoint():
                    tally = self._store(piece)
                    if note:
                        note(tally)
                    folder.env.flush_all()
                return tally
            except _CONFLICTS:
                # another worker stored the same email at this moment: begin again and find it there
                if self._last_attempt or not _may_roll_back():
                    raise
                folder.env.cr.rollback()
                folder.env.invalidate_all()

    def verdicts(self, folder, raws, *, arriving=False):
        """Return what the rules say about messages, and store nothing.

        :param raws: list of :class:`~..lib.session.RawHeader`
        :param bool arriving: it is new mail
        :return: list of (raw, facts, verdict, circumstances), and address -> id of the partner who has it
        """
        if not raws:
            return [], {}
        readable = [(raw, read_header_facts(raw.header, raw.internaldate)) for raw in raws]
        context, partners = self._directory.look_up([facts for _raw, facts in readable])
        if arriving and context.period_start:
            # the server's clock may be behind ours: what arrives after connecting is never too old by minutes
            context = replace(context, period_start=context.period_start - timedelta(days=1))

        @cache
        def circumstances_of(is_draft, is_sent):
            return replace(context, is_draft=is_draft, in_sent_folder=is_sent, **self._widened)

        if self._contacts:
            context = replace(context, creation=self._contacts.creation())
        judged = []
        for raw, facts in readable:
            circumstances = circumstances_of(
                folder.role == "drafts" or raw.is_draft, folder.role == "sent" or raw.is_sent
            )
            judged.append((raw, facts, match(facts, circumstances), circumstances))
        return judged, partners

    # ------------------------------------------------------------------
    # outcomes
    # ------------------------------------------------------------------

    def _store(self, piece):
        """Store the outcome of every message of a piece."""
        settled, standing = self._placed(piece)
        failed, readable = {}, []
        for uid, raw in piece.found.items():
            if uid in settled:
                continue
            if isinstance(raw, MessageUnreadable):
                failed[uid] = Failure(0, raw)
            else:
                readable.append(raw)
        judged, partners = self.verdicts(piece.folder, readable, arriving=not piece.silent)
        judged, partners = self._with_newcomers(judged, partners, piece.silent)
        store = Store(
            piece.folder, partners, piece.uidvalidity, standing, self.touched, self._wanted_back
        )
        wanted, skipped = [], Counter()
        for raw, facts, verdict, _circumstances in judged:
            if verdict.outcome is Outcome.LINK:
                wanted.append((raw, facts, verdict))
            else:
                skipped[verdict.reason.value] += 1
                store.forget(raw.uid)
        for batch in _batches(wanted):
            failed.update(self._store_batch(piece, store, batch))
        if piece.relink:
            self._relink(piece, store, settled, standing)
        self.touched.note(piece.folder)
        store.quarantine(failed)
        store.gone(
            uid
            for uid, placement in standing.items()
            if uid not in piece.found and placement.state == "quarantined"
        )
        counts = piece.folder.env["imap.placement"].union(*settled.values())._outcomes()
        counts["linked"] += len(wanted) - sum(raw.uid in failed for raw, _f, _v in wanted)
        if deleted := counts["deleted"] + len(store.deleted):
            skipped["deleted"] = deleted
        return Tally(
            seen=len(piece.found),
            linked=counts["linked"] - len(store.deleted),
            quarantined=counts["quarantined"] + len(failed),
            skipped=skipped,
        )

    def _with_newcomers(self, judged, partners, past):
        """Make contacts of those in some mails who are to become some, and decide about all of the mails once more."""
        met = [(one, facts.date) for _r, facts, verdict, _c in judged for one in verdict.newcomers]
        if not met:
            return judged, partners
        made = self._contacts.meet(met, past)
        known = {}
        again = []
        for raw, facts, _verdict, before in judged:
            if id(before) not in known:
                contacts = {**before.contacts, **made}
                known[id(before)] = replace(before, contacts=contacts, creation=None)
            again.append((raw, facts, match(facts, known[id(before)]), before))
        return again, {**partners, **made}

    def _wanted_back(self, email):
        """Say whether an email that is not in Odoo any more is to come back."""
        return email.comes_back or self._wanted_by_person(email)

    def _relink(self, piece, store, settled, standing):
        """Let emails that are linked stand on all records that they concern by now."""
        linked = {uid: placement for uid, placement in settled.items() if placement.email_id}
        raws = [piece.found[uid] for uid in linked if isinstance(piece.found.get(uid), RawHeader)]
        judged, _partners = self.verdicts(piece.folder, raws)
        wanted = [
            (raw, facts, verdict)
            for raw, facts, verdict, _circumstances in judged
            if verdict.outcome is Outcome.LINK
        ]
        bare = store.relink({linked[raw.uid].email_id: verdict for raw, _facts, verdict in wanted})
        again = [one for one in wanted if linked[one[0].uid].email_id in bare]
        standing.update((raw.uid, linked[raw.uid]) for raw, _facts, _verdict in again)
        for batch in _batches(again):
            self._store_batch(piece, store, batch)

    def _placed(self, piece):
        """Return the placements of a piece by UID: those whose outcome stands, and those to be tried again."""
        placements = piece.folder.env["imap.placement"].search_fetch(
            [
                ("folder_id", "=", piece.folder.id),
                ("uidvalidity", "=", piece.uidvalidity),
                ("uid", "in", list(piece.uids)),
            ],
            ["uid", "state", "email_id"],
        )
        settled, standing = {}, {}
        for placement in placements:
            # a copy that was not found for a while has a UID that may mean another message now
            tried = (
                placement.state in ("missing", "gone")
                or (piece.again and placement.state == "quarantined")
                or (placement.email_id.deleted_date and self._wanted_back(placement.email_id))
            )
            (standing if tried else settled)[placement.uid] = placement
        return settled, standing

    # ------------------------------------------------------------------
    # bodies
    # ------------------------------------------------------------------

    def _store_batch(self, piece, store, batch):
        """Fetch, parse and store some linked messages; return those that could not be read.

        :return: uid -> :class:`Failure`
        """
        failed, mails = {}, []
        copies = store.known_copies([raw for raw, _f, _v in batch])
        env = self._connection.env
        largest = LARGEST_MAIL.value(env) * MEGABYTE
        largest_attachment = LARGEST_ATTACHMENT.value(env) * MEGABYTE
        # a larger one is linked without its body and says so
        raws = [raw for raw, _f, _v in batch if raw.size <= largest and raw.uid not in copies]
        bodies = dict(piece.session.fetch_bodies(raws, isolate=piece.isolate))
        for raw, facts, verdict in batch:
            if raw.uid in copies:
                copy = copies[raw.uid]
                mails.append(LinkedMail(raw, facts, verdict, None, silent=True, copy_of=copy))
                continue
            try:
                mail = self._parsed(raw, bodies) if raw.size <= largest else None
            except MessageUnreadable as error:
                _logger.info(
                    "Message %s of mailbox %s: %s", raw.uid, self._connection.id, error.detail
                )
                failed[raw.uid] = Failure(raw.size, error)
            else:
                silent = piece.silent or self._is_past(facts)
                kept = mail and without_large_attachments(mail, largest_attachment)
                digest = identity(facts, mail)
                mails.append(LinkedMail(raw, facts, verdict, kept, silent=silent, digest=digest))
        failed.update(self._link(store, mails))
        return failed

    @staticmethod
    def _parsed(raw, bodies):
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
        except Exception as error:
            if isinstance(error, psycopg2.OperationalError):
                # another worker, or the database itself: no fault of the message
                raise
            if isinstance(error, psycopg2.IntegrityError) and not self._last_attempt:
                raise
            if len(mails) == 1:
                raw = mails[0].raw
                _logger.exception("Message %s of mailbox %s", raw.uid, self._connection.id)
                return {raw.uid: Failure(raw.size, MessageNotStored())}
        failed = {}
        for mail in mails:
            failed.update(self._link(store, [mail]))
        return failed


@dataclass(frozen=True, slots=True)
class _Piece:
    """Messages that are read together; ``found`` is what :meth:`Session.fetch_headers` brought."""

    session: object
    folder: object
    uids: tuple
    uidvalidity: int
    silent: bool
    again: bool
    relink: bool
    isolate: bool
    found: dict


def _may_roll_back():
    """Say whether this transaction is ours: not in tests, which run in one that they need afterwards."""
    return not module.current_test


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
