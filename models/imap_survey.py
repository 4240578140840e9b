"""What is in a mailbox, from headers alone: how many mails would link, why others would not, and who is in them.

Stores nothing and fetches no text. Whoever asks keeps what is found, or not.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timezone

from ..lib.errors import MessageUnreadable
from ..lib.kinds import Kind
from ..lib.match import Outcome, Reason, correspondents
from ..lib.newcomers import Creation, Policy, newcomers
from .imap_contacts import Contacts
from .imap_reader import Reader
from .imap_tombstone import RULE as DELETED

#: mails of each folder that are named
EXAMPLES = 3


@dataclass
class Seen:
    """Somebody who is no contact, and their mails.

    :param name: as in the first header that names them
    :param received: mails that they wrote
    :param sent: mails that the owner wrote to them
    :param together: mails that somebody else wrote to them
    :param size: bytes of all these
    :param last: of the youngest one (UTC, naive)
    """

    name: str = ""
    received: int = 0
    sent: int = 0
    together: int = 0
    size: int = 0
    last: datetime = datetime.min


@dataclass
class Found:
    """What is in some mails.

    :param seen: how many of them the server has
    :param linked: those that are linked, or would be
    :param missing: those of them that are not in Odoo yet
    :param size: bytes of the missing ones
    :param examples: author and subject of some of the missing ones
    :param skipped: the others, by code of the rule
    :param people: address -> :class:`Seen`
    """

    seen: int = 0
    linked: int = 0
    missing: int = 0
    size: int = 0
    examples: list = field(default_factory=list)
    skipped: Counter = field(default_factory=Counter)
    people: dict = field(default_factory=dict)


class Survey:
    """Looks at mails of one mailbox.

    :param connection: the ``imap.connection`` (sudo)
    :param since: the beginning of the period (UTC, naive), or False
    """

    def __init__(self, connection, since):
        start = since and since.replace(tzinfo=timezone.utc)
        self._reader = Reader(connection, period_start=start or None)
        domains = Contacts(connection).internal_domains()
        self._anybody = Creation(Policy.ALL, roles=True, internal_domains=domains)

    def look(self, session, folder, uids, uidvalidity, isolate=False):
        """Look at messages of the folder that is open in ``session``.

        :param bool isolate: find out which one breaks a connection
        :rtype: Found
        """
        headers = session.fetch_headers(uids, isolate=isolate) if uids else {}
        raws = [raw for raw in headers.values() if not isinstance(raw, MessageUnreadable)]
        judged, _partners = self._reader.verdicts(folder, raws)
        placements = folder.env["imap.placement"].search_fetch(
            [
                ("folder_id", "=", folder.id),
                ("uidvalidity", "=", uidvalidity),
                ("uid", "in", list(headers)),
                ("state", "=", "linked"),
            ],
            ["uid", "email_id"],
        )
        placements.email_id.fetch(["deleted_date"])
        deleted = {one.uid for one in placements if one.email_id.deleted_date}
        placed = set(placements.mapped("uid")) - deleted
        found = Found(seen=len(headers))
        found.skipped["unreadable"] = len(headers) - len(raws)
        for raw, facts, verdict, circumstances in judged:
            if raw.uid in deleted:
                found.skipped[DELETED] += 1
            elif verdict.outcome is Outcome.LINK or raw.uid in placed:
                found.linked += 1
                if raw.uid not in placed:
                    found.missing += 1
                    found.size += raw.size
                    if len(found.examples) < EXAMPLES:
                        found.examples.append(_example(facts))
            else:
                found.skipped[verdict.reason.value] += 1
            wanted = verdict.outcome is Outcome.LINK or verdict.reason is Reason.NOBODY
            if wanted and verdict.kind is Kind.PERSON:
                self._meet(found.people, raw, facts, circumstances)
        return found

    def _meet(self, people, raw, facts, circumstances):
        """Note who in a mail might become a contact."""
        those = correspondents(facts, circumstances)
        date = facts.date.replace(tzinfo=None)
        authors = {address.email for address in those.authors}
        for address in newcomers(those, self._anybody):
            seen = people.setdefault(address.email, Seen())
            seen.name = seen.name or address.name
            seen.size += raw.size
            seen.last = max(seen.last, date)
            if address.email in authors:
                seen.received += 1
            elif those.by_owner:
                seen.sent += 1
            else:
                seen.together += 1


def _example(facts):
    author = next(iter(facts.from_ + facts.sender), None)
    return [(author.name or author.email) if author else "", facts.subject]
