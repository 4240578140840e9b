"""Headers and bodies, such that one bad message costs nothing but itself."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

from .client import Client
from .errors import (
    CommandRefused,
    ConnectionLost,
    ConnectionTimeout,
    MessageUnreadable,
    ProtocolError,
    ServerUnavailable,
    SyncError,
)
from .grammar import (
    Malformed,
    Record,
    Value,
    decode_folder_name,
    first_text,
    internal_date,
    number,
    pairs,
    parse,
    records,
    string,
    uid_batches,
    uid_set,
)
from .headers import HEADER_FIELDS
from .limits import Limits

_HEADER_FIELDS = " ".join(HEADER_FIELDS).upper().encode()
_HEADER_ITEMS = (
    b"UID FLAGS INTERNALDATE RFC822.SIZE%%s BODY.PEEK[HEADER.FIELDS (%s)]" % _HEADER_FIELDS
)
#: Gmail's (https://developers.google.com/gmail/imap/imap-extensions)
_LABEL_ITEMS = b" X-GM-MSGID X-GM-LABELS"
_BODY_ITEMS = b"(UID BODY.PEEK[])"
_UID = re.compile(rb"\bUID (\d{1,10})\b", re.IGNORECASE)
#: with these words, after BYE, Dovecot ends the connection at a message whose file it cannot read
_FETCH_FAILED = re.compile(r"^FETCH failed\b", re.IGNORECASE)
_ECHO = re.compile(rb"BODY\[HEADER\.FIELDS \([^()\[\]]*\)\]", re.IGNORECASE)

#: attributes of one message as the server sent them, by upper-case name
Attributes = dict[bytes, Value]


@dataclass(frozen=True, slots=True)
class RawHeader:
    """What is known of a message before its body is fetched.

    :param flags: as the server writes them, ``\\Seen``
    :param internaldate: when it arrived at the server, in UTC; None when the server's date is none
    :param size: RFC822.SIZE in bytes; 0 when the server does not tell
    :param header: the fields that matching needs, with their line ends
    :param gm_msgid: Gmail's own identifier: the same for all copies within one mailbox, never used again
    :param gm_labels: Gmail's labels, ``\\Sent`` and the like among those of the owner; the label of the folder
        itself is not among them
    """

    uid: int
    flags: tuple[str, ...]
    internaldate: datetime | None
    size: int
    header: bytes
    gm_msgid: int | None = None
    gm_labels: tuple[str, ...] = ()

    @property
    def is_draft(self) -> bool:
        """Whether flags or labels say that it is not finished (Gmail writes ``\\Draft`` and ``\\Drafts``)."""
        marks = {mark.lower() for mark in (*self.flags, *self.gm_labels)}
        return not marks.isdisjoint({"\\draft", "\\drafts"})

    @property
    def is_sent(self) -> bool:
        """Whether Gmail's labels say that the owner sent it."""
        return any(label.lower() == "\\sent" for label in self.gm_labels)


class Fetcher:
    """Fetches from the examined folder.

    :param repair: connects anew and examines the same folder, after a message broke the connection
    """

    def __init__(
        self, client: Callable[[], Client], limits: Limits, repair: Callable[[SyncError], None]
    ):
        self._client = client
        self._limits = limits
        self._repair = repair

    def headers(
        self, uids: Iterable[int], isolate: bool
    ) -> dict[int, RawHeader | MessageUnreadable]:
        """Headers by UID. Messages that are gone are not in the result."""
        result: dict[int, RawHeader | MessageUnreadable] = {}
        items = b"(%s)" % (_HEADER_ITEMS % (_LABEL_ITEMS if self._client().quirks.labels else b""))
        for batch in uid_batches(uids, self._limits.header_batch, self._limits.uid_set_chars):
            result |= self._batch(items, _header, isolate).fetch(batch)
        return result

    def bodies(
        self, sizes: Mapping[int, int], isolate: bool
    ) -> Iterator[tuple[int, bytes | MessageUnreadable]]:
        """Whole messages, in ascending order of UIDs. Messages that are gone are left out."""
        limit = self._limits.max_literal
        for uids in self._body_batches(sizes):
            batch = self._batch(_BODY_ITEMS, _body, isolate)
            found = batch.fetch([uid for uid in uids if sizes[uid] <= limit])
            for uid in uids:
                if sizes[uid] > limit:
                    found[uid] = MessageUnreadable(f"{sizes[uid]} bytes are more than the limit")
            yield from sorted(found.items(), key=itemgetter(0))

    def _batch(self, items: bytes, build: Callable, isolate: bool) -> "_Batch":
        return _Batch(self, items, build, self._limits.max_refusals, isolate)

    def _body_batches(self, sizes: Mapping[int, int]) -> Iterator[list[int]]:
        """Batches by number, by length of the UID set, and by summed size of their messages."""
        for candidates in uid_batches(sizes, self._limits.body_batch, self._limits.uid_set_chars):
            batch: list[int] = []
            total = 0
            for uid in candidates:
                if batch and total + sizes[uid] > self._limits.body_batch_bytes:
                    yield batch
                    batch, total = [], 0
                batch.append(uid)
                total += sizes[uid]
            yield batch

    def ask(
        self, uids: list[int], items: bytes, isolate: bool
    ) -> tuple[dict[int, Attributes], str]:
        """One fetch.

        :param isolate: whether a cut or a timeout is taken for the fault of one of the messages
        :returns: the records of those UIDs that were asked for, and why others may be missing; an
            empty reason when the server said that there are no others
        """
        client = self._client()
        try:
            answers, refusal = client.fetch_raw("UID", "FETCH", uid_set(uids), items)
        except (ProtocolError, ConnectionLost, ConnectionTimeout, ServerUnavailable) as error:
            if not (isolate or _is_local(error, client)):
                raise
            # What came before it in the same answer cannot be trusted either.
            self._repair(error)
            return {}, str(error)
        trouble = ""
        if refusal and refusal.status.code != b"EXPUNGEISSUED":
            failure = client.failure(refusal)
            if type(failure) is not CommandRefused:
                raise failure
            trouble = refusal.status.text or "the server refuses to hand it out"
        wanted = set(uids)
        found: dict[int, Attributes] = {}
        broken: set[int] = set()
        for record in records(answers):
            try:
                attributes = _attributes(record)
            except Malformed as error:
                trouble = f"unreadable answer: {error}"
                broken.update(_named(record))
                continue
            uid = number(attributes.get(b"UID"))
            # Without UID it is news about flags of some message (and says nothing of ours), or
            # another's.
            if uid in wanted:
                found.setdefault(uid, {}).update(attributes)
        for uid in broken:
            found.pop(uid, None)
        return found, trouble


def _is_local(error: SyncError, client: Client) -> bool:
    """Whether the fault lies with one of the messages, and not with the server or the line."""
    if isinstance(error, ServerUnavailable):
        return client.quirks.unavailable_is_local or bool(_FETCH_FAILED.search(error.detail))
    return isinstance(error, ProtocolError)


def _attributes(record: Record) -> Attributes:
    """IMAPClient's own reading of FETCH answers fails for all of them at one that is wrong, mixes
    up sequence numbers with UIDs, and reads more than was asked for.
    """
    first = record[0]
    if isinstance(first, tuple):
        # The field names come back with each message, and the parser takes one byte at a time: half
        # of all the time that headers cost.
        record[0] = _ECHO.sub(b"BODY[HEADER]", first[0]), first[1]
    values = parse(record)
    if len(values) != 2:
        raise Malformed("not one list of attributes")
    return pairs(values[1])


def _named(record: Record) -> list[int]:
    """The UID that a record which cannot be parsed seems to name."""
    found = _UID.search(first_text(record))
    return [int(found[1])] if found else []


class _Batch:
    """One batch being fetched: splits it until the messages that spoil it are alone.

    :param build: makes the result from a record; None when the record lacks what was asked for
    :param max_refusals: see :class:`.limits.Limits`
    :param isolate: whether a message of the batch is known to break connections
    """

    def __init__(
        self, fetcher: Fetcher, items: bytes, build: Callable, max_refusals: int, isolate: bool
    ):
        self._fetcher = fetcher
        self._items = items
        self._build = build
        self._max_refusals = max_refusals
        self._isolate = isolate
        self._refusals = 0

    def fetch(self, uids: list[int], retry: bool = True) -> dict:
        """Results by UID; what stays missing although the server saw no problem is gone.

        Some servers hand out less than was asked for without a word: what is missing is asked for
        as long as any of it comes, and at least once more.
        """
        found: dict = {}
        first = True
        while uids:
            records, trouble = self._fetcher.ask(
                uids, self._items, self._isolate or self._refusals > 0
            )
            results = {uid: self._build(uid, record) for uid, record in records.items()}
            came = {uid: result for uid, result in results.items() if result is not None}
            found |= came
            uids = [uid for uid in uids if uid not in came]
            if uids and trouble:
                return found | self._split(uids, trouble, retry)
            if not came and not first:
                return found | self._there(uids)
            first = False
        return found

    def _there(self, uids: list[int]) -> dict:
        """Those of some messages that never came and yet are there: Exchange leaves out what it
        cannot convert.
        """
        records, trouble = self._fetcher.ask(uids, b"(UID)", self._isolate)
        there = uids if trouble else records
        return {uid: MessageUnreadable("the server hands out nothing for it") for uid in there}

    def _split(self, uids: list[int], trouble: str, retry: bool) -> dict:
        self._refusals += 1
        if self._refusals > self._max_refusals:
            # So many are refused that it is not the messages: do not put a whole folder into
            # quarantine.
            raise CommandRefused(trouble)
        if len(uids) > 1:
            middle = len(uids) // 2
            return self.fetch(uids[:middle]) | self.fetch(uids[middle:])
        if retry:
            return self.fetch(uids, retry=False)
        return {uids[0]: MessageUnreadable(trouble)}


def _header(uid: int, record: Attributes) -> RawHeader | None:
    header = next(
        (value for name, value in record.items() if name.startswith(b"BODY[HEADER")), None
    )
    if not isinstance(header, bytes):
        return None
    return RawHeader(
        uid=uid,
        flags=read_flags(record.get(b"FLAGS")),
        internaldate=internal_date(record.get(b"INTERNALDATE")),
        size=number(record.get(b"RFC822.SIZE")) or 0,
        header=header,
        gm_msgid=number(record.get(b"X-GM-MSGID")),
        gm_labels=read_labels(record.get(b"X-GM-LABELS")),
    )


def read_labels(value: Value) -> tuple[str, ...]:
    """Gmail's labels out of a FETCH answer; they are spelt as folder names are."""
    raw = map(string, value) if isinstance(value, tuple) else ()
    return tuple(decode_folder_name(label) for label in raw if label)


def read_flags(value: Value) -> tuple[str, ...]:
    """Flags out of a FETCH answer, as the server writes them."""
    raw = map(string, value) if isinstance(value, tuple) else ()
    return tuple(flag.decode("utf-8", "backslashreplace") for flag in raw if flag is not None)


def _body(_uid: int, record: Attributes) -> bytes | None:
    """The message; None for NIL and for nothing at all (notes of servers that lost a file but kept
    its entry).
    """
    body = record.get(b"BODY[]")
    return body if isinstance(body, bytes) and body else None
