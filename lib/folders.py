"""Which folders a mailbox has, and which of them changed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from .client import Client, Untagged
from .errors import AnswerTooLarge, CommandRefused, FolderGone, ProtocolError
from .folder_roles import role_by_attributes, role_by_name
from .grammar import (
    Malformed,
    Record,
    Value,
    decode_folder_name,
    first_text,
    number,
    pairs,
    parse,
    quoted,
    records,
    sendable,
    string,
)
from .limits import Limits
from .server_answers import classify

_UID = re.compile(rb"\bUID (\d{1,10})\b", re.IGNORECASE)
#: views of mail that lies elsewhere (RFC 6154; \\Important is RFC 8457)
_COPIES = frozenset({b"\\FLAGGED", b"\\IMPORTANT"})
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
    :param is_copy: what it holds lies in other folders too: a label, or a view of all that is flagged
    """

    path: str
    raw: bytes
    delimiter: str | None
    role: str
    selectable: bool
    is_copy: bool = False


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """State of a folder; nothing of it differs as long as the folder has not changed (without
    ``highestmodseq``: apart from flags).

    :param uidvalidity: 0 when the server does not tell
    :param uidnext: None when the server does not tell (163, 126): equal states prove nothing then
    :param messages: how many messages it has
    :param highestmodseq: None without CONDSTORE or for a folder that has none
    :param mailbox_id: stays when the folder is renamed (RFC 8474); '' when the server has none
    """

    uidvalidity: int
    uidnext: int | None
    messages: int
    highestmodseq: int | None
    mailbox_id: str = ""


def canonical(raw: bytes) -> bytes:
    """INBOX is the only name whose case does not matter (RFC 3501 section 5.1)."""
    return b"INBOX" if raw.upper() == b"INBOX" else raw


def list_folders(client: Client, limits: Limits) -> tuple[FolderInfo, ...]:
    """All folders, each once, in the server's order.

    :raises AnswerTooLarge: more than the limit
    :raises CommandRefused: and its more exact kinds: a list that ends in NO is no list
    """
    return _folders(client, limits, client.ask("LIST", *_list_words(client)))


def _list_words(client: Client, status: str = "") -> list[str]:
    extended = client.has_capability("LIST-EXTENDED") and client.has_capability("SPECIAL-USE")
    wanted = ["SPECIAL-USE"] if extended else []
    if status:
        wanted.append(f"STATUS {status}")
    return ["LIST", '""', '"*"', *([f"RETURN ({' '.join(wanted)})"] if wanted else [])]


def _folders(client: Client, limits: Limits, answers: Untagged) -> tuple[FolderInfo, ...]:
    listed: dict[bytes, tuple[frozenset[bytes], str | None]] = {}
    for record in records(answers):
        entry = _list_entry(record)
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
    copies = client.quirks.copies
    folders = (_folder(raw, *entry, given, copies) for raw, entry in listed.items())
    return tuple(folders)


def _merged(first: frozenset[bytes], second: frozenset[bytes]) -> frozenset[bytes]:
    """Attributes of a folder listed twice: it can be opened if either line says so."""
    return ((first | second) - _UNOPENABLE) | (first & second & _UNOPENABLE)


def _list_entry(record: Record) -> tuple[frozenset[bytes], str | None, bytes] | None:
    """Attributes, delimiter and name from a LIST answer; None when not even those can be found.

    (IMAPClient's ``list_folders`` reads all lines at once, so a malformed one costs all folders.)
    """
    try:
        attributes, delimiter, *names = parse(record)
    except (Malformed, ValueError):
        return None
    # Several, where a server forgets the quotes; what follows as a list is an extension's.
    raw = b" ".join(name for name in map(string, names) if name is not None)
    if not isinstance(attributes, tuple) or not raw:
        return None
    flags = frozenset(flag.upper() for flag in attributes if isinstance(flag, bytes))
    separator = (string(delimiter) or b"")[-1:].decode("ascii", "replace") or None
    return flags, separator, canonical(raw)


def _folder(
    raw: bytes,
    attributes: frozenset[bytes],
    delimiter: str | None,
    given: set[str | None],
    copies: tuple[bytes, ...],
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
        is_copy=bool(attributes & _COPIES) or raw.startswith(copies),
    )


def _displayable(name: str) -> str:
    return "".join(
        f"\\x{ord(character):02x}"
        if ord(character) < 32 or 127 <= ord(character) < 160 or character in _DIRECTION_MARKS
        else character
        for character in name
    )


def folder_states(
    client: Client, limits: Limits, raws: Iterable[bytes]
) -> dict[bytes, FolderStatus]:
    """The state of the given folders by raw name; folders that are gone are left out.

    One round trip with LIST-STATUS (RFC 5819), else one per :attr:`Limits.status_batch` folders.

    :raises CommandRefused: and its more exact kinds, when the whole list is refused
    """
    wanted = {canonical(raw): raw for raw in raws if sendable(raw)}
    if client.has_capability("LIST-STATUS"):
        words = ("LIST", '""', '"*"', f"RETURN (STATUS {_items(client)})")
        return _states(client.ask("STATUS", *words), wanted)
    names = list(wanted)
    states: dict[bytes, FolderStatus] = {}
    for start in range(0, len(names), limits.status_batch):
        states |= _states(_pipelined(client, names[start : start + limits.status_batch]), wanted)
    return states


def survey(
    client: Client, limits: Limits, raws: Iterable[bytes], listed: bool
) -> tuple[tuple[FolderInfo, ...] | None, dict[bytes, FolderStatus]]:
    """The list of folders where it costs nothing or is wanted, and the state of folders: of the
    given ones, and of all in the list.

    One round trip with LIST-STATUS. A list that the server refuses is none; the given folders are
    asked for then.
    """
    raws, folders = list(raws), None
    if client.has_capability("LIST-STATUS"):
        try:
            lines, states = client.ask_for(("LIST", "STATUS"), *_list_words(client, _items(client)))
        except CommandRefused:
            names = [name for name in map(canonical, raws) if sendable(name)]
            return None, _states(_pipelined(client, names), dict(zip(names, names, strict=True)))
        folders = _folders(client, limits, lines)
        names = [*raws, *(folder.raw for folder in folders)]
        return folders, _states(states, {canonical(name): name for name in names})
    if listed:
        try:
            folders = list_folders(client, limits)
        except CommandRefused:
            folders = None
    names = [folder.raw for folder in folders or () if folder.selectable]
    return folders, folder_states(client, limits, dict.fromkeys([*raws, *names]))


def _items(client: Client) -> str:
    modseq = client.has_capability("CONDSTORE") or client.has_capability("QRESYNC")
    return "(MESSAGES UIDNEXT UIDVALIDITY%s%s)" % (
        " HIGHESTMODSEQ" if modseq else "",
        " MAILBOXID" if client.has_capability("OBJECTID") else "",
    )


def _pipelined(client: Client, names: list[bytes]) -> list:
    items = _items(client)
    answers, refusals = client.ask_all(
        "STATUS", [("STATUS", quoted(name), items) for name in names]
    )
    for refusal in refusals:
        # NO for a folder means that this one is gone; "throttled" or "unavailable" mean
        # everything, and so does "unavailable" for all of them from a server that says it lightly.
        everything = len(refusals) == len(names)
        failure = (
            classify(refusal.status, signed_in=True) if everything else client.failure(refusal)
        )
        if type(failure) not in (CommandRefused, FolderGone):
            raise failure
    return answers


def _states(answers: list, wanted: dict[bytes, bytes]) -> dict[bytes, FolderStatus]:
    states = {}
    for record in records(answers):
        try:
            name, attributes = parse(record)
            found = pairs(attributes)
        except (Malformed, ValueError):
            continue
        raw = wanted.get(canonical(string(name) or b""))
        messages = number(found.get(b"MESSAGES"))
        if raw is None or messages is None:
            continue
        states[raw] = FolderStatus(
            uidvalidity=number(found.get(b"UIDVALIDITY")) or 0,
            uidnext=number(found.get(b"UIDNEXT")) or None,
            messages=messages,
            highestmodseq=number(found.get(b"HIGHESTMODSEQ")) or None,
            mailbox_id=_mailbox_id(found.get(b"MAILBOXID")),
        )
    return states


def _mailbox_id(value: Value) -> str:
    ids = value if isinstance(value, tuple) else (value,)
    return (string(ids[0]) or b"").decode("ascii", "replace") if ids else ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A folder at the moment of its examination.

    :param uidvalidity: 0 when the server does not tell
    :param uidnext: all messages of this snapshot have lower UIDs; worked out where the server does
        not tell
    :param exists: how many messages it has
    :param highestmodseq: None without CONDSTORE or with NOMODSEQ
    :param estimated: ``uidnext`` was worked out from the last message: it falls when that one goes
    """

    uidvalidity: int
    uidnext: int
    exists: int
    highestmodseq: int | None
    estimated: bool = field(default=False, compare=False)


def examine(client: Client, raw: bytes) -> Snapshot:
    """Open a folder so that nothing in it can be changed (RFC 3501 section 6.3.2).

    :raises FolderGone: it does not exist or cannot be opened
    """
    counts, codes = client.examine(raw, FolderGone)
    exists = number(counts[-1]) if counts else None
    if exists is None:
        raise ProtocolError("a folder was opened without telling how many messages it has")
    uidnext = number(codes.get(b"UIDNEXT"))
    return Snapshot(
        uidvalidity=number(codes.get(b"UIDVALIDITY")) or 0,
        uidnext=uidnext or (_last_uid(client) + 1 if exists else 1),
        exists=exists,
        highestmodseq=number(codes.get(b"HIGHESTMODSEQ")) or None,
        estimated=not uidnext,
    )


def _last_uid(client: Client) -> int:
    """The highest UID of a folder with messages: 163 and 126 do not tell UIDNEXT."""
    words = (
        ("UID", "FETCH", "1:4294967295", "(UID)", "(PARTIAL -1:-1)")
        if client.uid_only
        else ("FETCH", "*", "(UID)")
    )
    texts = map(first_text, records(client.ask("FETCH", *words)))
    uids = [int(match[1]) for text in texts if (match := _UID.search(text))]
    if not uids:
        raise ProtocolError("the server tells neither UIDNEXT nor the UID of the last message")
    return max(uids)
