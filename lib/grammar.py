"""Values in IMAP answers, read by IMAPClient's parser, and arguments (RFC 3501 section 9), as far
as an engine that fetches mail needs them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timezone

from imapclient import imap_utf7
from imapclient.datetime_util import parse_to_datetime
from imapclient.exceptions import IMAPClientError
from imapclient.response_parser import parse_response

from .errors import CommandRefused

#: what an answer consists of: bytes for atoms, strings and literals, int for numbers, None for
#: NIL, tuples for parentheses
Value = bytes | int | None | tuple
#: one untagged answer: texts with the literals that they announce, and the text at the end
Record = list[bytes | tuple[bytes, bytes]]

_UNSENDABLE = re.compile(rb"[\r\n\x00]")
_WORD = rb'[^\x00-\x20()"%\[\]{}]+(?:\[[A-Z.]*\])?|"[^"\\\x00-\x1f]*"'
_TOKEN = re.compile(rb"[()]|" + _WORD)
#: words that nothing but spaces and parentheses stands between
_PLAIN = re.compile(rb"[ ()]*(?:(?:%b)(?:[ ()]+|\Z))*" % _WORD)
#: nesting up to which an answer is plain
_PLAIN_DEPTH = 5


class Malformed(ValueError):
    """An answer, or a name in it, that the grammar does not allow."""


def records(untagged: list) -> Iterator[Record]:
    """Single answers out of what imaplib keeps: it stores their pieces one after the other."""
    record: Record = []
    for piece in untagged:
        record.append(piece)
        if isinstance(piece, bytes):
            yield record
            record = []


def first_text(record: Record) -> bytes:
    """Everything up to the first literal."""
    first = record[0]
    return first if isinstance(first, bytes) else first[0]


def parse(record: Record) -> tuple[Value, ...]:
    """Read the values of one answer.

    :raises Malformed: on anything that IMAPClient cannot read
    """
    values = _parse_plain(record)
    if values is not None:
        return values
    try:
        return parse_response(record)
    except (IMAPClientError, ValueError) as error:
        raise Malformed(str(error)) from None
    except RecursionError:
        raise Malformed("nested too deeply") from None


def _parse_plain(record: Record) -> tuple[Value, ...] | None:
    """Read an answer that consists of plain words, as most do; None for all others.

    IMAPClient's parser takes one byte at a time, a seventh of all that examining headers costs.
    """
    stack: list[list[Value]] = [[]]
    for piece in record:
        text, literal = piece if isinstance(piece, tuple) else (piece, None)
        if literal is not None:
            text, _, announced = text.rpartition(b" ")
            if announced != b"{%d}" % len(literal):
                return None
        if not _PLAIN.fullmatch(text):
            return None
        for token in _TOKEN.findall(text):
            if token == b"(":
                stack.append([])
            elif token == b")":
                inner = tuple(stack.pop())
                if not stack:
                    return None
                stack[-1].append(inner)
            else:
                stack[-1].append(_word(token))
            if len(stack) > _PLAIN_DEPTH:
                return None
        if literal is not None:
            stack[-1].append(literal)
    return tuple(stack[0]) if len(stack) == 1 else None


def _word(token: bytes) -> bytes | int | None:
    if token == b"NIL":
        return None
    if token[:1] == b'"':
        return token[1:-1]
    # longer ones are no number that anybody could use; one that begins with 0 is a name
    if token.isdigit() and len(token) <= 20 and (token[:1] != b"0" or len(token) == 1):
        return int(token)
    return token


def number(value: Value, highest: int = 2**63 - 1) -> int | None:
    """A number from an answer, or None when it is none or beyond ``highest`` (MODSEQ has 63 bits,
    RFC 7162).
    """
    if isinstance(value, bytes) and value.isdigit() and len(value) <= 20:
        value = int(value)
    return value if isinstance(value, int) and value <= highest else None


def string(value: Value) -> bytes | None:
    """A name or flag from an answer; IMAPClient reads those of digits as numbers."""
    return b"%d" % value if isinstance(value, int) else value if isinstance(value, bytes) else None


def pairs(values: Value) -> dict[bytes, Value]:
    """The attributes of a FETCH, STATUS or ESEARCH answer by upper-case name.

    :raises Malformed: when they do not come in pairs
    """
    if not isinstance(values, tuple) or len(values) % 2:
        raise Malformed("attributes do not come in pairs")
    names = values[::2]
    if not all(isinstance(name, bytes) for name in names):
        raise Malformed("an attribute has no name")
    return {name.upper(): value for name, value in zip(names, values[1::2], strict=True)}


def quoted(text: bytes) -> bytes:
    """``text`` as a quoted string. Raw 8-bit names go out as the server sent them: they are its
    own.

    :raises CommandRefused: for a line break or NUL, which would smuggle in another command
    """
    if _UNSENDABLE.search(text):
        raise CommandRefused("a name holds a line break or NUL")
    return b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def sendable(text: bytes) -> bool:
    """Whether ``text`` can be part of a command line."""
    return not _UNSENDABLE.search(text)


def internal_date(value: Value) -> datetime | None:
    """INTERNALDATE in UTC, or None for one that no calendar holds (servers send year 0, 9999, and
    -0000).
    """
    if not isinstance(value, bytes):
        return None
    try:
        return parse_to_datetime(value, normalise=False).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def uid_set(uids: Sequence[int]) -> bytes:
    """Ascending UIDs as a sequence set, runs folded: ``1:3,7``."""
    runs: list[list[int]] = []
    for uid in uids:
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return b",".join(b"%d" % low if low == high else b"%d:%d" % (low, high) for low, high in runs)


def uid_batches(uids: Iterable[int], count: int, chars: int) -> Iterator[list[int]]:
    """Cut UIDs into ascending batches of at most ``count``, each with a set of about ``chars`` at
    most.
    """
    batch: list[int] = []
    length, run = 0, 0
    for uid in sorted(set(uids)):
        follows = bool(batch) and uid == batch[-1] + 1
        run = run + 1 if follows else 0
        # The second of a run writes ":uid", the third only replaces it.
        added = 0 if run > 1 else len(str(uid)) + 1
        if batch and (len(batch) >= count or length + added > chars):
            yield batch
            batch, length, run = [], 0, 0
            added = len(str(uid)) + 1
        batch.append(uid)
        length += added
    if batch:
        yield batch


def decode_folder_name(raw: bytes) -> str:
    """A folder's name from modified UTF-7 (RFC 3501 section 5.1.3).

    A malformed name stays as the server wrote it, with raw 8-bit read as UTF-8 (some servers send
    that).
    """
    with suppress(ValueError):
        name = imap_utf7.decode(raw)
        # Python's decoder lets more through than the standard does, and takes 8-bit for Latin-1.
        if imap_utf7.encode(name) == raw:
            return name
    return raw.decode("utf-8", "replace")
