"""What the server tells about messages of the examined folder that are known: flags, and what
vanished.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from .client import Client, Untagged
from .errors import CommandRefused
from .fetch import read_flags, read_labels
from .folders import Snapshot
from .grammar import (
    Malformed,
    Record,
    first_text,
    number,
    pairs,
    parse,
    records,
    uid_batches,
    uid_set,
)
from .limits import Limits
from .uid_ranges import UidRanges
from .vanishing import Vanishing

_HIGHEST_UID = 2**32 - 1
_FLAGS = re.compile(rb"\bFLAGS \(([^()]*)\)", re.IGNORECASE)
_UID = re.compile(rb"\bUID (\d{1,10})\b", re.IGNORECASE)
_NUMBER = re.compile(rb"(\d{1,10}) ")
_ALL = re.compile(rb"\bALL ([\d:,]+)", re.IGNORECASE)

FlagsByUid = dict[int, tuple[str, ...]]
LabelsByUid = dict[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened in a part of a folder.

    :param flags: of messages that changed, and of new ones
    :param vanished: as the server claims; may hold UIDs that never were
    :param labels: Gmail's, of the same messages
    """

    flags: FlagsByUid
    vanished: UidRanges = field(default_factory=UidRanges)
    labels: LabelsByUid = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listed:
    """All messages in a part of a folder.

    :param low: lowest UID of the part
    :param high: highest UID of the part
    :param flags: by UID, as far as they were asked for
    :param labels: Gmail's, as far as flags were asked for
    """

    low: int
    high: int
    uids: UidRanges
    flags: FlagsByUid
    labels: LabelsByUid = field(default_factory=dict)


class Watch:
    """Asks about known messages of the examined folder, a part at a time: no answer is longer than
    the limits allow, however many messages there are.
    """

    def __init__(self, client: Client, limits: Limits, snapshot: Snapshot, vanishing: Vanishing):
        self._client = client
        self._limits = limits
        self._snapshot = snapshot
        self._vanishing = vanishing

    def changes_since(self, modseq: int) -> Iterator[Changes]:
        """Changes after a MODSEQ of which the folder's HIGHESTMODSEQ was stored.

        :raises CommandRefused: the server cannot say
        """
        modifier = b"(CHANGEDSINCE %d%s)" % (modseq, b" VANISHED" if self._client.qresync else b"")
        for low, high in self._parts():
            # A star would be clipped to the last message by Cyrus, which hides what vanished
            # behind it.
            flags, labels = self._marks(b"%d:%d" % (low, high), modifier)
            yield Changes(flags, self._vanishing.take_earlier(), labels)

    def listing(self, *, flags: bool, last: int | None = None) -> Iterator[Listed]:
        """All messages of the snapshot, ascending.

        :param last: only this many of the newest ones
        :raises CommandRefused: the list is shorter or longer than the folder: nothing may be
            concluded from what is missing in it
        """
        exists = self._snapshot.exists
        expected = min(exists, last or exists)
        by_search = not flags and not last and self._client.has_capability("ESEARCH")
        count = 0
        for part in self._searched() if by_search else self._fetched(exists - expected, flags):
            count += part.uids.count(below=self._snapshot.uidnext)
            yield part
        if count != expected:
            raise CommandRefused(f"a list of {count} messages where there are {expected}")

    def present(self, uids: Iterable[int]) -> FlagsByUid:
        """Flags of those of some messages that the server has when asked for just these; what is
        missing is asked for as long as any of it comes.
        """
        found: FlagsByUid = {}
        for batch in uid_batches(uids, self._limits.window, self._limits.uid_set_chars):
            while batch:
                came, _labels = self._marks(uid_set(batch))
                found |= came
                left = [uid for uid in batch if uid not in came]
                batch = left if len(left) < len(batch) else []
        return found

    # Inside

    def _parts(self) -> Iterator[tuple[int, int]]:
        """All possible UIDs, cut so that few enough messages lie in each part."""
        size, exists = self._limits.window, self._snapshot.exists
        numbers = range(size, exists, size)
        low = 1
        for start in range(0, len(numbers), self._limits.header_batch):
            batch = numbers[start : start + self._limits.header_batch]
            asked = b",".join(b"%d" % number for number in batch)
            answers = self._ask("FETCH", asked, b"(UID)")
            for uid in sorted(one.uid for one in answers if one.uid):
                if uid >= low:
                    yield low, uid
                    low = uid + 1
        yield low, _HIGHEST_UID

    def _searched(self) -> Iterator[Listed]:
        for low, high in self._parts():
            # By UID all the way: pymap takes message numbers in UID SEARCH for UIDs.
            answers = self._client.ask(
                "ESEARCH", "UID", "SEARCH", b"RETURN (ALL)", b"UID %d:%d" % (low, high)
            )
            found = [_ALL.search(first_text(record)) for record in records(answers)]
            sets = [UidRanges.parse(match[1]) for match in found if match]
            yield Listed(low, high, UidRanges(run for uids in sets for run in uids), {})

    def _fetched(self, skipped: int, flags: bool) -> Iterator[Listed]:
        """By message number, without so many of the oldest."""
        items = self._items() if flags else b"(UID)"
        exists, low = self._snapshot.exists, 1
        for start in range(skipped + 1, exists + 1, self._limits.window):
            stop = min(start + self._limits.window - 1, exists)
            # without a number of ours it is news of another message
            told = {
                one.number: one
                for one in self._ask("FETCH", b"%d:%d" % (start, stop), items)
                if one.uid and start <= one.number <= stop
            }
            if not told:
                return
            uids = sorted(one.uid for one in told.values())
            by_uid, labels = _by_uid(told.values()) if flags else ({}, {})
            yield Listed(uids[0] if skipped else low, uids[-1], UidRanges.of(uids), by_uid, labels)
            low = uids[-1] + 1
        if not skipped:
            yield Listed(low, _HIGHEST_UID, UidRanges(), {})

    def _items(self) -> bytes:
        return b"(UID FLAGS X-GM-LABELS)" if self._client.quirks.labels else b"(UID FLAGS)"

    def _marks(self, uids: bytes, *modifiers: bytes) -> tuple[FlagsByUid, LabelsByUid]:
        """Flags, and Gmail's labels, of some messages."""
        return _by_uid(self._ask("UID", "FETCH", uids, self._items(), *modifiers))

    def _ask(self, *words: str | bytes) -> Iterator["Told"]:
        answers: Untagged
        answers, refusal = self._client.fetch_raw(*words)
        if refusal:
            raise self._client.failure(refusal)
        # labels may come as literals, so that only a parser finds the flags behind them
        return map(_parsed if self._client.quirks.labels else Told.of, records(answers))


class Told(NamedTuple):
    """What one FETCH answer says of a message; None where it says nothing."""

    number: int = 0
    uid: int | None = None
    flags: tuple[str, ...] | None = None
    labels: tuple[str, ...] | None = None

    @classmethod
    def of(cls, record: Record) -> "Told":
        """Read an answer."""
        text = first_text(record)
        position, flags = _NUMBER.match(text), _FLAGS.search(text)
        # a keyword may be called UID
        uid = _UID.search(_FLAGS.sub(b"", text))
        return cls(
            int(position[1]) if position else 0,
            int(uid[1]) if uid else None,
            _flags_in(flags[1]) if flags else None,
        )


def _by_uid(answers: Iterable[Told]) -> tuple[FlagsByUid, LabelsByUid]:
    flags: FlagsByUid = {}
    labels: LabelsByUid = {}
    for told in answers:
        if told.uid and told.flags is not None:
            flags[told.uid] = told.flags
        if told.uid and told.labels is not None:
            labels[told.uid] = told.labels
    return flags, labels


def _parsed(record: Record) -> Told:
    try:
        position, values = parse(record)
        attributes = pairs(values)
    except (Malformed, ValueError):
        return Told()
    flags, labels = attributes.get(b"FLAGS"), attributes.get(b"X-GM-LABELS")
    return Told(
        number(position) or 0,
        number(attributes.get(b"UID")),
        read_flags(flags) if isinstance(flags, tuple) else None,
        read_labels(labels) if isinstance(labels, tuple) else None,
    )


def _flags_in(text: bytes) -> tuple[str, ...]:
    return tuple(flag.decode("utf-8", "backslashreplace") for flag in text.split())
