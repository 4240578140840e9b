"""What would come back if an address or domain was synced again: asked of the servers, without storing anything."""

import time
from dataclasses import dataclass

from odoo.exceptions import UserError

from ..lib.errors import MessageUnreadable, Scope, SyncError
from ..lib.exclusions import covering
from ..lib.match import Outcome
from ..lib.search import Query
from .imap_reader import Reader
from .imap_visit import visit

#: messages whose headers are looked at, per folder
CANDIDATES = 1000


@dataclass(frozen=True, slots=True)
class Return:
    """What would come back, in numbers.

    :param complete: every mailbox was asked, and no folder had more messages than are looked at
    """

    emails: int
    contacts: int
    complete: bool


def would_return(connections, value, seconds):
    """Count the mails of mailboxes that only an entry of the list "Never sync" keeps out.

    :param connections: ``imap.connection``, as the person
    :param str value: the address or domain of the entry
    :param float seconds: begin with no further folder after this time
    :return: a :class:`Return`
    """
    search = _Search(value, time.monotonic() + seconds)
    for connection in connections:
        search.look_into(connection)
    return Return(len(search.emails), len(search.contacts), search.complete)


class _Search:
    def __init__(self, value, deadline):
        self._value = value
        self._deadline = deadline
        self.emails, self.contacts, self.complete = set(), set(), True

    def look_into(self, connection):
        excluded, domains = connection.env["imap.exclusion"]._of_mailbox(connection.sudo())
        lifted = {
            "excluded": excluded - {self._value},
            "excluded_domains": domains - {self._value},
        }
        reader = Reader(connection.sudo(), **lifted)
        try:
            with visit(connection, claim=False) as session:
                for folder in connection.sudo().folder_ids.filtered(lambda f: f.selected):
                    if time.monotonic() > self._deadline:
                        self.complete = False
                        return
                    self._look_into_folder(session, reader, folder)
        except UserError:
            # paused, or its server is down: what comes back is seen when it comes back
            self.complete = False

    def _look_into_folder(self, session, reader, folder):
        try:
            snapshot = folder._open(session)
            uids = session.search(Query(person=self._value), CANDIDATES)
            self.complete &= len(uids) < CANDIDATES
            placed = folder.env["imap.placement"].search_fetch(
                [
                    ("folder_id", "=", folder.id),
                    ("uidvalidity", "=", folder._uidvalidity(snapshot)),
                    ("uid", "in", uids),
                ],
                ["uid"],
            )
            unknown = sorted(set(uids) - set(placed.mapped("uid")))
            found = session.fetch_headers(unknown, isolate=True) if unknown else {}
        except SyncError as error:
            if error.scope is not Scope.FOLDER:
                raise
            self.complete = False
            return
        raws = [raw for raw in found.values() if not isinstance(raw, MessageUnreadable)]
        judged, _partners = reader.verdicts(folder, raws)
        values = [self._value]
        for _raw, facts, verdict, _circumstances in judged:
            concerned = any(covering(one.email, values, values) for one in facts.everyone())
            if concerned and verdict.outcome is Outcome.LINK:
                self.emails.add(facts.message_id or facts.digest)
                self.contacts.update(verdict.contacts)
