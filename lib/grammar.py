"""The grammar of IMAP answers and arguments (RFC 3501 section 9), as far as an engine that fetches
mail needs it.

An answer arrives as *parts*: texts and literals in turn, beginning and ending with a text (see
:mod:`.wire`).
"""

import base64
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta, timezone

from .errors import CommandRefused

#: what an answer consists of: bytes for atoms, strings and literals, None for NIL, lists for
#: parentheses
Value = bytes | None | list

_TOKEN = re.compile(
    rb"""[ \t]*(?:
        (?P<open>\() | (?P<close>\))
      | "(?P<quoted>(?:[^"\\]|\\.)*)"(?=[ )]|\Z) # a quote inside, not escaped, ends no value
      | (?P<atom>(?:\[[^\]]*\]|[^\s()"\[])+)     # BODY[HEADER.FIELDS (FROM TO)] is one atom
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_UNSENDABLE = re.compile(rb"[\r\n\x00]")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NUMBERS = {name.upper().encode(): number for number, name in enumerate(_MONTHS, 1)}
_INTERNALDATE = re.compile(
    rb" ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})"
)
_BASE64 = re.compile(rb"[A-Za-z0-9+,]+")
_SHIFTED = re.compile(rb"&([^-]*)-?")


class Malformed(ValueError):
    """An answer, or a name in it, that the grammar does not allow."""


def parse(parts: Sequence[bytes], max_depth: int) -> list[Value]:
    """Read the values of one answer.

    :raises Malformed: on anything that is not in the grammar, or nested deeper than ``max_depth``
    """
    current: list[Value] = []
    stack: list[list[Value]] = []
    match = _TOKEN.match
    for index, part in enumerate(parts):
        if index % 2:
            current.append(part)
            continue
        position, end = 0, len(part)
        while position < end:
            token = match(part, position)
            if token is None:
                if part[position:].isspace():
                    break
                raise Malformed(f"unreadable at {position}")
            position = token.end()
            kind = token.lastgroup
            if kind == "atom":
                atom = token["atom"]
                current.append(None if atom in (b"NIL", b"nil") else atom)
            elif kind == "quoted":
                current.append(_unescape(token["quoted"]))
            elif kind == "open":
                if len(stack) >= max_depth:
                    raise Malformed("nested too deeply")
                stack.append(current)
                current = []
            else:
                if not stack:
                    raise Malformed("closed without being opened")
                stack[-1].append(current)
                current = stack.pop()
    if stack:
        raise Malformed("not closed")
    return current


def _unescape(text: bytes) -> bytes:
    return _ESCAPED.sub(rb"\1", text) if b"\\" in text else text


def number(value: Value, highest: int = 2**63 - 1) -> int | None:
    """A number from an answer, or None when it is none or beyond ``highest`` (MODSEQ has 63 bits,
    RFC 7162).
    """
    if not isinstance(value, bytes) or not value.isdigit() or len(value) > 20:
        return None
    result = int(value)
    return result if result <= highest else None


def pairs(values: Value) -> dict[bytes, Value]:
    """The attributes of a FETCH, STATUS or ESEARCH answer by upper-case name.

    :raises Malformed: when they do not come in pairs
    """
    if not isinstance(values, list) or len(values) % 2:
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


def search_date(day: date) -> bytes:
    """A day as SEARCH wants it, whatever the process's locale."""
    return f"{day.day}-{_MONTHS[day.month - 1]}-{day.year:04d}".encode()


def internal_date(value: Value) -> datetime | None:
    """INTERNALDATE in UTC, or None for one that no calendar holds (servers send year 0, 9999, and
    -0000).
    """
    found = _INTERNALDATE.fullmatch(value) if isinstance(value, bytes) else None
    if not found:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    try:
        local = datetime(
            int(year),
            _MONTH_NUMBERS[month.upper()],
            int(day),
            int(hour),
            int(minute),
            min(int(second), 59),
            tzinfo=timezone.utc,
        )
        return local + offset if sign == b"-" else local - offset
    except (KeyError, ValueError, OverflowError):
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
    try:
        return _SHIFTED.sub(_decode_shifted, raw).decode("utf-8")
    except ValueError:
        return raw.decode("utf-8", "replace")


def _decode_shifted(match: re.Match) -> bytes:
    encoded = match[1]
    if not match[0].endswith(b"-"):
        raise Malformed("shift without end")
    if not encoded:
        return b"&"
    if not _BASE64.fullmatch(encoded):
        raise Malformed("not base64")
    padded = encoded.replace(b",", b"/") + b"=" * (-len(encoded) % 4)
    return base64.b64decode(padded).decode("utf-16-be").encode("utf-8")
