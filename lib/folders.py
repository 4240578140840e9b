"""Which folders a mailbox has, and which of them changed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .answers import Answer
from .errors import AnswerTooLarge, CommandRefused, FolderGone, ProtocolError
from .folder_roles import role_by_attributes, role_by_name
from .grammar import Malformed, decode_folder_name, number, pairs, parse, quoted, sendable
from .limits import Limits
from .server_answers import classify
from .wire import Wire

#: LIST is read by hand up to the name: names that break the grammar must not cost the rest
_LIST = re.compile(rb'\(([^)]*)\) +(?:NIL|"(\\?.)"|(\S)) *(.*)', re.DOTALL | re.IGNORECASE)
_UID = re.compile(rb"\bUID (\d{1,10})\b", re.IGNORECASE)
_QUOTED_NAME = re.compile(rb'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_UNOPENABLE = frozenset({b"\\NOSELECT", b"\\NONEXISTENT"})
#: characters that turn the reading direction: in a list, a name with them shows as another one
_DIRECTION_MARKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class FolderInfo:
    """A folder as the server lists it.

    :param path: its name for people: decoded, control characters and direction marks written as
        ``\\x00``
    :param raw: its name for the server
    :param delimiter: what separates the levels of ``path``, None in a flat mailbox
    :param role: one of :data:`.folder_roles.ROLES`
    :param selectable: whether it can be examined
    """

    path: str
    raw: bytes
    delimiter: str | None
    role: str
    selectable: bool


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """State of a folder; nothing of it differs as long as the folder has not changed (without
    ``highestmodseq``: apart from flags).

    :param uidvalidity: 0 when the server does not tell
    :param uidnext: None when the server does not tell (163, 126): equal states prove nothing then
    :param messages: how many messages it has
    :param highestmodseq: None without CONDSTORE or for a folder that has none
    """

    uidvalidity: int
    uidnext: int | None
    messages: int
    highestmodseq: int | None


def canonical(raw: bytes) -> bytes:
    """INBOX is the only name whose case does not matter (RFC 3501 section 5.1)."""
    return b"INBOX" if raw.upper() == b"INBOX" else raw


def list_folders(wire: Wire, limits: Limits) -> tuple[FolderInfo, ...]:
    """All folders, each once, in the server's order.

    :raises AnswerTooLarge: more than the limit
    :raises CommandRefused: and its more exact kinds: a list that ends in NO is no list
    """
    words = [b"LIST", b'""', b'"*"']
    if {"LIST-EXTENDED", "SPECIAL-USE"} <= wire.capabilities:
        words.append(b"RETURN (SPECIAL-USE)")
    listed: dict[bytes, tuple[frozenset[bytes], str | None]] = {}
    for answer in wire.expect_ok(*words).of_kind(b"LIST"):
        entry = _list_entry(answer)
        if entry is None:
            continue
        attributes, delimiter, raw = entry
        # Zoho repeats lines, others list both INBOX and Inbox: one folder has the attributes of
        # all.
        known, known_delimiter = listed.get(raw, (None, delimiter))
        listed[raw] = (attributes if known is None else _merged(known, attributes), known_delimiter)
    if len(listed) > limits.max_folders:
        raise AnswerTooLarge(f"{len(listed)} folders")
    given = {role_by_attributes(attributes) for attributes, _ in listed.values()}
    return tuple(_folder(raw, *entry, given) for raw, entry in listed.items())


def _merged(first: frozenset[bytes], second: frozenset[bytes]) -> frozenset[bytes]:
    """Attributes of a folder listed twice: it can be opened if either line says so."""
    return ((first | second) - _UNOPENABLE) | (first & second & _UNOPENABLE)


def _list_entry(answer: Answer) -> tuple[frozenset[bytes], str | None, bytes] | None:
    """Attributes, delimiter and name from a LIST answer; None when not even those can be found."""
    text, *literal = answer.parts[:2]
    found = _LIST.match(text)
    if not found:
        return None
    raw = literal[0] if literal and not found[4] else _name(found[4])
    if not raw:
        return None
    delimiter = (found[2] or found[3] or b"")[-1:].decode("ascii", "replace") or None
    return frozenset(found[1].upper().split()), delimiter, canonical(raw)


def _name(text: bytes) -> bytes:
    """A name in quotes, or everything up to the end of the line, as servers send that forget the
    quotes.
    """
    found = _QUOTED_NAME.match(text)
    return re.sub(rb"\\(.)", rb"\1", found[1]) if found else text.rstrip()


def _folder(
    raw: bytes, attributes: frozenset[bytes], delimiter: str | None, given: set[str | None]
) -> FolderInfo:
    name = decode_folder_name(raw)
    role = role_by_attributes(attributes)
    if role is None:
        # Where the server marks its sent folder, one that is merely called "Sent Items" is another
        # client's.
        guess = role_by_name(name, delimiter)
        role = guess if guess and guess not in given else "other"
    return FolderInfo(
        path=_displayable(name),
        raw=raw,
        delimiter=delimiter,
        role=role,
        selectable=not attributes & _UNOPENABLE and sendable(raw),
    )


def _displayable(name: str) -> str:
    return "".join(
        f"\\x{ord(character):02x}"
        if ord(character) < 32 or 127 <= ord(character) < 160 or character in _DIRECTION_MARKS
        else character
        for character in name
    )


def folder_states(wire: Wire, limits: Limits, raws: Iterable[bytes]) -> dict[bytes, FolderStatus]:
    """The state of the given folders by raw name; folders that are gone are left out.

    One round trip with LIST-STATUS (RFC 5819), else one per :attr:`Limits.status_batch` folders.

    :raises CommandRefused: and its more exact kinds, when the whole list is refused
    """
    wanted = {canonical(raw): raw for raw in raws if sendable(raw)}
    if "LIST-STATUS" in wire.capabilities:
        answers = wire.expect_ok(
            b"LIST", b'""', b'"*"', b"RETURN (STATUS (%s))" % _items(wire)
        ).of_kind(b"STATUS")
        return _states(answers, wanted, limits)
    names = list(wanted)
    states: dict[bytes, FolderStatus] = {}
    for start in range(0, len(names), limits.status_batch):
        states |= _states(
            _pipelined(wire, names[start : start + limits.status_batch]), wanted, limits
        )
    return states


def _items(wire: Wire) -> bytes:
    items = b"MESSAGES UIDNEXT UIDVALIDITY"
    return items + b" HIGHESTMODSEQ" if wire.capabilities & {"CONDSTORE", "QRESYNC"} else items


def _pipelined(wire: Wire, names: list[bytes]) -> Iterable[Answer]:
    items = _items(wire)
    reply = wire.run_all([b"STATUS %s (%s)" % (quoted(name), items) for name in names])
    for status in reply.statuses:
        failure = None if status.ok else classify(status)
        # NO for a folder means that this one is gone; "throttled" or "unavailable" mean
        # everything.
        if failure is not None and type(failure) not in (CommandRefused, FolderGone):
            raise failure
    return reply.of_kind(b"STATUS")


def _states(
    answers: Iterable[Answer], wanted: dict[bytes, bytes], limits: Limits
) -> dict[bytes, FolderStatus]:
    states = {}
    for answer in answers:
        try:
            name, attributes = parse(answer.parts, limits.max_depth)
            found = pairs(attributes)
        except (Malformed, ValueError):
            continue
        raw = wanted.get(canonical(name)) if isinstance(name, bytes) else None
        messages = number(found.get(b"MESSAGES"))
        if raw is None or messages is None:
            continue
        states[raw] = FolderStatus(
            uidvalidity=number(found.get(b"UIDVALIDITY")) or 0,
            uidnext=number(found.get(b"UIDNEXT")) or None,
            messages=messages,
            highestmodseq=number(found.get(b"HIGHESTMODSEQ")) or None,
        )
    return states


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A folder at the moment of its examination.

    :param uidvalidity: 0 when the server does not tell
    :param uidnext: all messages of this snapshot have lower UIDs; worked out where the server does
        not tell
    :param exists: how many messages it has
    :param highestmodseq: None without CONDSTORE or with NOMODSEQ
    """

    uidvalidity: int
    uidnext: int
    exists: int
    highestmodseq: int | None


def examine(wire: Wire, raw: bytes) -> Snapshot:
    """Open a folder so that nothing in it can be changed (RFC 3501 section 6.3.2).

    :raises FolderGone: it does not exist or cannot be opened
    """
    reply = wire.run(b"EXAMINE", quoted(raw))
    if not reply.status.ok:
        raise classify(reply.status, otherwise=FolderGone)
    counts = [answer.number for answer in reply.of_kind(b"EXISTS")]
    if not counts:
        raise ProtocolError("a folder was opened without telling how many messages it has")
    exists = counts[-1]
    uidnext = number(reply.code(b"UIDNEXT"))
    return Snapshot(
        uidvalidity=number(reply.code(b"UIDVALIDITY")) or 0,
        uidnext=uidnext or (_last_uid(wire) + 1 if exists else 1),
        exists=exists,
        highestmodseq=number(reply.code(b"HIGHESTMODSEQ")) or None,
    )


def _last_uid(wire: Wire) -> int:
    """The highest UID of a folder with messages: 163 and 126 do not tell UIDNEXT."""
    reply = wire.expect_ok(b"FETCH", b"*", b"(UID)")
    texts = (answer.parts[0] for answer in reply.of_kind(b"FETCH"))
    uids = [int(match[1]) for text in texts if (match := _UID.search(text))]
    if not uids:
        raise ProtocolError("the server tells neither UIDNEXT nor the UID of the last message")
    return max(uids)
