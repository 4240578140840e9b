"""The examined folder of a server that is asked by UID alone (RFC 9586).

Yahoo shows only the newest messages of a large folder, unless a client does without message sequence
numbers. So here windows are pages: so many of the lowest or highest messages of a range of UIDs (PARTIAL,
RFC 9394).
"""

from collections.abc import Iterator
from datetime import date

from imapclient.datetime_util import format_criteria_date

from .client import Client
from .errors import AnswerTooLarge
from .folders import Snapshot
from .grammar import first_text, records
from .limits import Limits
from .uid_ranges import UidRanges
from .uids import HIGHEST_UID
from .vanishing import Vanishing
from .watch import Listed, Told, Watch


class UidOnlyWindows:
    """Finds UIDs in the examined folder; the verbs are those of :class:`.uids.UidWindows`."""

    def __init__(self, client: Client, limits: Limits, snapshot: Snapshot):
        self._client = client
        self._limits = limits
        self._snapshot = snapshot
        #: what vanishes meanwhile
        self.vanishing = Vanishing(lambda _uids: None)
        client.imap.watchers = {"VANISHED": self.vanishing.heard}

    def upwards(self, uid: int, limit: int) -> list[int]:
        """The lowest ``limit`` UIDs that are not below ``uid``, ascending."""
        found: list[int] = []
        while len(found) < limit:
            page = self._page(uid, HIGHEST_UID, limit - len(found), lowest=True)
            if not page:
                break
            found += page
            uid = page[-1] + 1
        return found

    def downwards(self, uid: int, limit: int, floor: int) -> list[int]:
        """The highest ``limit`` UIDs that are below ``uid`` and not below ``floor``, descending."""
        found: list[int] = []
        while len(found) < limit:
            page = self._page(floor, uid - 1, limit - len(found))
            if not page:
                break
            found += reversed(page)
            uid = page[0]
        return found

    def count_from(self, uid: int) -> int:
        """How many messages have a UID that is not below ``uid``."""
        return sum(len(page) for page in self.pages(uid))

    def first_since(self, day: date) -> int | None:
        """The lowest UID whose INTERNALDATE is on ``day`` or later, by the server's own clock."""
        found = []
        for window in self.windows():
            answers = self._client.ask(
                "SEARCH", "UID", "SEARCH", window, b"SINCE", format_criteria_date(day)
            )
            for numbers in map(first_text, records(answers)):
                found += [int(one) for one in numbers.split() if one.isdigit()]
        return min(found, default=None)

    def windows(self) -> Iterator[bytes]:
        """All messages as arguments of SEARCH, the newest first; each is about few enough."""
        for page in self.pages():
            yield b"UID %d:%d" % (page[0], page[-1])

    def pages(self, floor: int = 1) -> Iterator[list[int]]:
        """All UIDs that are not below ``floor``, the highest page first, each ascending."""
        uid, left = HIGHEST_UID + 1, self._snapshot.exists + self._limits.window
        while page := self._page(floor, uid - 1, self._limits.window):
            yield page
            uid = page[0]
            left -= len(page)
            if left < 0:
                raise AnswerTooLarge("the folder has more messages than the server said")

    def _page(self, low: int, high: int, limit: int, *, lowest: bool = False) -> list[int]:
        """So many of the highest (or lowest) UIDs of a range, ascending."""
        if low > high:
            return []
        size = min(limit, self._limits.window)
        which = b"(PARTIAL 1:%d)" if lowest else b"(PARTIAL -1:-%d)"
        answers, refusal = self._client.fetch_raw(
            "UID", "FETCH", b"%d:%d" % (low, high), b"(UID)", which % size
        )
        if refusal:
            raise self._client.failure(refusal)
        told = (Told.of(record).uid for record in records(answers))
        uids = sorted({uid for uid in told if uid and low <= uid <= high})
        return uids[:size] if lowest else uids[-size:]


class UidOnlyWatch(Watch):
    """Asks about known messages of the examined folder."""

    def __init__(self, client: Client, limits: Limits, snapshot: Snapshot, windows: UidOnlyWindows):
        super().__init__(client, limits, snapshot, windows.vanishing)
        self._windows = windows

    def _parts(self) -> Iterator[tuple[int, int]]:
        high = HIGHEST_UID
        for page in self._windows.pages():
            yield page[0], high
            high = page[0] - 1
        if high:
            yield 1, high

    def _fetched(self, skipped: int, flags: bool) -> Iterator[Listed]:
        left = self._snapshot.exists - skipped
        low = HIGHEST_UID + 1
        for page in self._windows.pages():
            page = page[-left:] if skipped else page
            high, low = low - 1, page[0]
            by_uid, labels = self._marks(b"%d:%d" % (low, high)) if flags else ({}, {})
            yield Listed(low, high, UidRanges.of(page), by_uid, labels)
            left -= len(page)
            if skipped and left <= 0:
                return
        if not skipped and low > 1:
            yield Listed(1, low - 1, UidRanges(), {})
