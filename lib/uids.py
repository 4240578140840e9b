"""Which UIDs a folder has, a window at a time.

UIDs may be sparse (a folder with three messages can have UID 3,000,000,000), so windows of UIDs
may be empty for hours. Message sequence numbers are dense. So a UID is turned into its *rank*, the
number of messages below it, once; from there on windows are taken by sequence number, and no
answer is longer than the window.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from imapclient.datetime_util import format_criteria_date

from .client import Client
from .errors import ProtocolError
from .folders import Snapshot, examine
from .grammar import Malformed, Record, first_text, number, parse, records
from .limits import Limits
from .vanishing import Vanishing

_RECORD = re.compile(rb"(\d{1,10}) .*?\bUID (\d{1,10})\b", re.IGNORECASE)
#: remembered ranks; a run alternates between new mail and backfill, so very few are of use
_MEMORY = 16
HIGHEST_UID = 2**32 - 1
#: messages looked at in one round trip while searching for a rank
_PROBES = 16
#: questions for a rank that may be disturbed by messages that go
_ATTEMPTS = 5


class Ranks:
    """How many messages are in the examined folder, and below certain UIDs.

    New messages get UIDs above all others and so change no rank. Messages that go change them, and
    so does a server that says so wrongly (VANISHED of a whole inbox, EXPUNGE where RFC 3501 section
    7.4.1 forbids it): nothing of this is to be relied on then, until the folder is opened again.
    """

    def __init__(self, snapshot: Snapshot):
        self.begin(snapshot)

    def begin(self, snapshot: Snapshot) -> None:
        """Believe what the server said when it opened the folder, and nothing else."""
        self.doubtful = False
        self.exists = snapshot.exists
        self._known = {snapshot.uidnext: snapshot.exists}

    def arrived(self, count: bytes) -> None:
        """Note an EXISTS."""
        exists = number(count)
        if exists is not None:
            self.doubtful |= exists < self.exists
            self.exists = exists

    def gone(self, _which: object) -> None:
        """Note an EXPUNGE or VANISHED."""
        self.doubtful = True

    def remember(self, uid: int, rank: int) -> None:
        """``rank`` messages have a UID below ``uid``."""
        if len(self._known) >= _MEMORY:
            self._known.pop(next(iter(self._known)))
        self._known[uid] = rank

    def of(self, uid: int) -> int | None:
        """The rank of ``uid``, if it is known."""
        return self._known.get(uid)

    def forget(self) -> None:
        """The server made them wrong."""
        self._known.clear()

    def bounds(self, uid: int) -> tuple[int, int]:
        """Lowest and highest rank that ``uid`` can have."""
        low = max((rank for known, rank in self._known.items() if known <= uid), default=0)
        high = min(
            (rank for known, rank in self._known.items() if known >= uid), default=self.exists
        )
        return min(low, self.exists), min(high, self.exists)


class UidWindows:
    """Finds UIDs in the examined folder.

    Wrong ranks would lose messages. So the folder is opened again after messages are said to have
    gone, and each walk begins with a witness, the message on the other side of the watermark, and
    starts anew if that one is not where it should be.

    :param raw: the folder, and ``snapshot`` what the server said when it was opened
    """

    def __init__(self, client: Client, limits: Limits, raw: bytes, snapshot: Snapshot):
        self._client = client
        self._limits = limits
        self._raw, self._snapshot = raw, snapshot
        self._ranks = Ranks(snapshot)
        self._distrusted = False
        #: what vanishes meanwhile
        self.vanishing = Vanishing(self._ranks.gone)
        client.imap.watchers = {
            "EXISTS": self._ranks.arrived,
            "EXPUNGE": self._ranks.gone,
            "VANISHED": self.vanishing.heard,
        }

    def upwards(self, uid: int, limit: int) -> list[int]:
        """The lowest ``limit`` UIDs that are not below ``uid``, ascending."""
        found: dict[int, int] = {}
        first = below = self._rank(uid)
        # At least once, for the witness: a server with a wrong UIDNEXT must not hide its new mail.
        while self._ranks.exists and (below == first or below < self._ranks.exists):
            size = min(limit - len(found), self._limits.window)
            above = min(below + size, self._ranks.exists)
            window = self._window(max(below, 1), above)
            if self._ranks.doubtful or window.get(first, 0) >= uid:
                first = below = self._rank_anew(uid)
                found.clear()
                continue
            found.update((one, position) for position, one in window.items() if one >= uid)
            if len(found) >= limit or above == below:
                break
            below = above
        result = sorted(found)[:limit]
        if result:
            self._ranks.remember(result[-1] + 1, found[result[-1]])
        return result

    def downwards(self, uid: int, limit: int, floor: int) -> list[int]:
        """The highest ``limit`` UIDs that are below ``uid`` and not below ``floor``,
        descending.
        """
        found: dict[int, int] = {}
        first = above = self._rank(uid)
        while len(found) < limit and above > 0:
            below = max(above - min(limit - len(found), self._limits.window), 0)
            window = self._window(below + 1, min(above + 1, self._ranks.exists))
            if self._ranks.doubtful or window.get(first + 1, uid) < uid:
                first = above = self._rank_anew(uid)
                found.clear()
                continue
            found.update((one, position) for position, one in window.items() if floor <= one < uid)
            above = below
            if min(window.values(), default=uid) < floor:
                break
        result = sorted(found, reverse=True)[:limit]
        if result:
            self._ranks.remember(result[-1], found[result[-1]] - 1)
        return result

    def count_from(self, uid: int) -> int:
        """How many messages have a UID that is not below ``uid``."""
        return max(self._ranks.exists - self._rank(uid), 0)

    def windows(self) -> Iterator[bytes]:
        """All messages as arguments of SEARCH, the newest first; each is about few enough."""
        size = self._limits.search_window
        for high in range(self._snapshot.exists, 0, -size):
            yield b"%d:%d" % (max(high - size + 1, 1), high)

    def first_since(self, day: date) -> int | None:
        """The lowest UID whose INTERNALDATE is on ``day`` or later, by the server's own clock."""
        criteria = b"SINCE " + format_criteria_date(day)
        if self._client.has_capability("ESEARCH"):
            answers = self._search("ESEARCH", "UID", "SEARCH", b"RETURN (MIN)", criteria)
            return next((_esearch(first_text(answer), b"MIN") for answer in answers), None)
        # One answer for a million messages would be a line of 8 MB.
        for low in range(1, self._ranks.exists + 1, self._limits.search_window):
            high = min(low + self._limits.search_window - 1, self._ranks.exists)
            # By sequence number all the way: pymap takes the set in UID SEARCH for UIDs, finds nothing, and all past
            # mail would be missed. Some servers spread the result over several lines, which IMAPClient refuses.
            lists = map(
                first_text, self._search("SEARCH", "SEARCH", b"%d:%d" % (low, high), criteria)
            )
            found = [int(one) for numbers in lists for one in numbers.split() if one.isdigit()]
            if found:
                first = min(found)
                # Gone meanwhile: from the start then, rather than miss any.
                return self._window(first, first).get(first, 1)
        return None

    def _search(self, kind: str, *words: str | bytes) -> Iterator[Record]:
        return records(self._client.ask(kind, *words))

    # Ranks

    def _rank(self, uid: int) -> int:
        """How many messages have a UID below ``uid``."""
        for _ in range(_ATTEMPTS):
            if self._ranks.doubtful:
                self._open_again()
            rank = self._ranks.of(uid)
            if rank is None:
                rank = self._find_rank(uid)
            if not self._ranks.doubtful:
                self._ranks.remember(uid, rank)
                return rank
        raise ProtocolError("messages go all the time")

    def _find_rank(self, uid: int) -> int:
        if uid <= 1 or not self._ranks.exists:
            return 0
        if self._client.has_capability("ESEARCH"):
            return self._count(uid)
        return self._probe(uid)

    def _open_again(self) -> None:
        """Ask how many messages there are: to open a folder is the one way that cannot be doubted."""
        snapshot = examine(self._client, self._raw)
        if snapshot.uidvalidity != self._snapshot.uidvalidity:
            raise ProtocolError("a folder became another one while it was read")
        self._ranks.begin(snapshot)

    def _rank_anew(self, uid: int) -> int:
        """Forget everything and look again, once; a server that still contradicts itself is not to
        be trusted.
        """
        if self._distrusted:
            raise ProtocolError("the server contradicts itself about the order of messages")
        self._distrusted = True
        self._open_again()
        self._ranks.forget()
        return self._rank(uid)

    def _count(self, uid: int) -> int:
        """The rank by ESEARCH (RFC 4731). That there is nothing is looked at rather than believed."""
        answers = self._search(
            "ESEARCH", "UID", "SEARCH", b"RETURN (COUNT)", b"UID 1:%d" % (uid - 1)
        )
        rank = next((_esearch(first_text(answer), b"COUNT") for answer in answers), None)
        return rank or self._probe(uid)

    def _probe(self, uid: int) -> int:
        """The rank by looking at a few messages spread over the folder, then between two of them,
        and so on.

        Sixteen probes a round trip: five of them for a million messages, where halving needs
        twenty.
        """
        low, high = self._ranks.bounds(uid)
        while low < high:
            step = max((high - low) // _PROBES, 1)
            seen = self._fetch_uids(
                b",".join(b"%d" % one for one in range(low + 1, high + 1, step))
            )
            lower = max((position for position, one in seen.items() if one < uid), default=low)
            upper = min(
                (position - 1 for position, one in seen.items() if one >= uid), default=high
            )
            if (lower, upper) == (low, high):
                # Nothing is left between the two but messages that are gone.
                break
            low, high = lower, upper
        return low

    # Fetching

    def _window(self, low: int, high: int) -> dict[int, int]:
        """UIDs by sequence number. What is missing in the answer is asked for as long as any of it
        comes, and at least once more: some servers say less than they were asked without a word.
        """
        window: dict[int, int] = {}
        missing: Sequence[int] = range(low, high + 1)
        first = True
        while missing:
            came = self._fetch_uids(b"%d:%d" % (missing[0], missing[-1]))
            new = {position: came[position] for position in missing if position in came}
            window |= new
            missing = [position for position in missing if position not in new]
            if not (new or first):
                break
            first = False
        return window

    def _fetch_uids(self, numbers: bytes) -> dict[int, int]:
        answers, refusal = self._client.fetch_raw("FETCH", numbers, "(UID)")
        # EXPUNGEISSUED (RFC 5530): some are gone, the others have been told.
        if refusal and refusal.status.code != b"EXPUNGEISSUED":
            raise self._client.failure(refusal)
        found = (_RECORD.match(first_text(record)) for record in records(answers))
        return {int(match[1]): int(match[2]) for match in found if match}


def _esearch(answer: bytes, item: bytes) -> int | None:
    """One number out of ``* ESEARCH (TAG "m1") UID COUNT 5``; MIN is absent when nothing was
    found.
    """
    try:
        values = parse([answer])
    except Malformed:
        return None
    words = [value.upper() if isinstance(value, bytes) else None for value in values]
    position = words.index(item) + 1 if item in words else len(words)
    return number(values[position]) if position < len(values) else None
