"""What the header fields of a mail say, as plain facts. Never raises, for any bytes."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from .addresses import Address, read_addresses
from .authentication import Authentication, authenticate
from .kinds import KIND_FIELDS, is_automated, is_bounce, is_bulk, list_id
from .text import BEFORE_HEADER, decode, decode_words, one_line

#: The header fields that the facts come from: what is to be fetched, and nothing else.
HEADER_FIELDS = (
    "Message-ID",
    "Date",
    "Subject",
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Bcc",
    "In-Reply-To",
    "References",
    "Authentication-Results",
    *KIND_FIELDS,
)

#: Bytes of header that are looked at; holds 5,000 recipients.
MAX_HEADER_BYTES = 1024 * 1024
MAX_SUBJECT_LENGTH = 1000
MAX_DATE_LENGTH = 200
#: Longest Message-ID in bytes of UTF-8: one line of RFC 5322, and it fits a PostgreSQL index entry.
MAX_ID_BYTES = 998
#: Shorter identifiers without a host are counters, which other mail has too.
_MIN_HOSTLESS_ID = 8
#: Most identifiers kept of References: the first, which names the thread, and the nearest
#: ancestors.
MAX_REFERENCES = 100
#: Bytes of References or In-Reply-To that are looked at.
_MAX_REFERENCES_RAW = 64 * 1024

#: A date outside of this range is nonsense (0102 and 3609 have been seen). Mail is younger than
#: 1980.
EARLIEST = datetime(1980, 1, 1, tzinfo=timezone.utc)
LATEST = datetime(2100, 1, 1, tzinfo=timezone.utc)

_WANTED = frozenset(name.lower().encode() for name in HEADER_FIELDS)
#: fields of which every one counts, and what is put between two of them
_EVERY_ONE = dict.fromkeys((b"from", b"sender", b"reply-to", b"to", b"cc", b"bcc"), b", ")
_EVERY_ONE[b"authentication-results"] = b"\n"
_HEADER_END = re.compile(rb"\n\r?\n")
_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:(.*(?:\n[ \t].*)*)", re.MULTILINE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s\"';]+)", re.IGNORECASE)
_BRACKETED_ID = re.compile(r"<([^<>]*)>")


@dataclass(frozen=True, slots=True)
class HeaderFacts:
    """What the header of one mail says.

    :param message_id: ``<left@right>`` without white space, at most MAX_ID_BYTES, '' if there is
        none to go by
    :param digest: SHA-256 (hex) over the fields that all copies of one mail share; stands in for
        the Message-ID
    :param subject: decoded, one line, at most MAX_SUBJECT_LENGTH characters
    :param date: UTC; see :func:`choose_date`
    :param in_reply_to: normalised identifiers; prose in the field is left out
    :param references: normalised identifiers, oldest first, at most MAX_REFERENCES
    :param bulk: a mailing list or newsletter says so of itself
    :param automated: a program wrote it, or nobody reads answers to it
    :param bounce: a mail server tells that it could not deliver; automated as well
    :param list_id: the identifier of the mailing list, '' if there is none
    :param failed: whom it was not delivered to, as far as the header says
    :param authentication_results: the fields in which servers say whether they could confirm the sender,
        a line break between two
    """

    message_id: str
    digest: str
    subject: str
    date: datetime
    from_: tuple[Address, ...]
    sender: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    bcc: tuple[Address, ...]
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    bulk: bool
    automated: bool
    bounce: bool
    list_id: str
    failed: tuple[Address, ...]
    authentication_results: str

    def everyone(self) -> tuple[Address, ...]:
        """All addresses of the header, in the order of the fields, repeated ones included."""
        fields = (self.from_, self.sender, self.reply_to, self.to, self.cc, self.bcc, self.failed)
        return tuple(address for field in fields for address in field)

    def authentication(self) -> Authentication:
        """Whether the receiving server could confirm that it comes from whom it says."""
        return authenticate(self.authentication_results, [author.email for author in self.from_])


def read_header_facts(header: bytes, internaldate: datetime | None) -> HeaderFacts:
    """Read the facts from a mail's header (or a whole mail: what follows the first empty line is
    left out).

    :param header: raw bytes, any line ends
    :param internaldate: the server's INTERNALDATE (RFC 3501 section 2.3.3), if it gave one; naive
        means UTC
    """
    fields = read_fields(header)
    get = fields.get
    from_ = read_addresses(get(b"from", ""))
    sender = read_addresses(get(b"sender", ""))
    to = read_addresses(get(b"to", ""))
    cc = read_addresses(get(b"cc", ""))
    message_id = _own_id(get(b"message-id", ""))
    subject = one_line(
        decode_words(get(b"subject", "")[: 8 * MAX_SUBJECT_LENGTH]), MAX_SUBJECT_LENGTH
    )
    written = one_line(get(b"date", ""), MAX_DATE_LENGTH)
    in_reply_to = read_ids(get(b"in-reply-to", ""))
    # hundreds of authors are no honest mail
    authors = [address.email for address in (from_ or sender)[:10]]
    bounce = is_bounce(fields, authors, subject)
    return HeaderFacts(
        message_id=message_id,
        digest=_digest(
            message_id, written, internaldate, subject, in_reply_to, (from_, sender, to, cc)
        ),
        subject=subject,
        date=choose_date(internaldate, written),
        from_=from_,
        sender=sender,
        reply_to=read_addresses(get(b"reply-to", "")),
        to=to,
        cc=cc,
        bcc=read_addresses(get(b"bcc", "")),
        in_reply_to=in_reply_to,
        references=read_ids(get(b"references", "")),
        bulk=is_bulk(fields),
        automated=bounce or is_automated(fields, authors),
        bounce=bounce,
        list_id=list_id(fields),
        failed=read_addresses(get(b"x-failed-recipients", "")),
        authentication_results=get(b"authentication-results", ""),
    )


def read_fields(header: bytes) -> dict[bytes, str]:
    """Return the wanted fields, decoded, by lower-case name.

    Address fields that occur more than once are put together (six From lines have been seen, and
    any of them may be the one that a program shows), and so are those that servers on the way add;
    of the others the first one counts.
    """
    raw: dict[bytes, list[bytes]] = {}
    for field in _FIELD.finditer(_header_only(header)):
        name = field.group(1).lower()
        if name in _WANTED and (name in _EVERY_ONE or name not in raw):
            raw.setdefault(name, []).append(field.group(2).strip())
    fields = {name: _EVERY_ONE.get(name, b"").join(values) for name, values in raw.items()}
    if all(map(bytes.isascii, fields.values())):
        return {name: decode(value) for name, value in fields.items()}
    declared = _CHARSET.search(decode(fields.get(b"content-type", b"")[:1000]))
    # raw 8-bit fields carry no charset of their own; the body's is the best guess there is
    charset = declared.group(1) if declared else ""
    return {name: _field_text(value, charset) for name, value in fields.items()}


def header_text(raw: bytes) -> str:
    """Return the header of a mail as it was sent, folded lines and all, each line ended by a line feed.

    :param raw: the mail
    """
    return decode(_header_only(raw)).replace("\r\n", "\n").strip("\n")


def _field_text(raw: bytes, charset: str) -> str:
    """Return the text of a raw field: UTF-8 if it is that (RFC 6532), else the body's charset."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return decode(raw, charset)
    return decode(raw)


def _header_only(header: bytes) -> bytes:
    """Return the header up to its first empty line, with line feeds as line ends."""
    header = header[:MAX_HEADER_BYTES].lstrip(BEFORE_HEADER)
    # Carriage returns end lines only where there is nothing else (old Mac programs): in other mail
    # a lone one is an attempt to add a header field that servers on the way did not see.
    if b"\n" not in header.rstrip(b"\r\n"):
        header = header.replace(b"\r", b"\n")
    end = _HEADER_END.search(header)
    return header[: end.start()] if end else header


def choose_date(internaldate: datetime | None, written: str) -> datetime:
    """Return when the mail came, in UTC. This is the one place that says which date counts.

    INTERNALDATE first: the server measured it, while anybody can write any Date. Then the Date
    field. One that lies outside of EARLIEST..LATEST is passed over; when both are, the mail counts
    as EARLIEST.
    """
    return _usable(internaldate) or _usable(_written_date(written)) or EARLIEST


def _usable(date: datetime | None) -> datetime | None:
    """Return the date in UTC if it can be true, else None. Naive dates (``-0000``) are UTC."""
    if date is None:
        return None
    try:
        date = date.astimezone(timezone.utc) if date.tzinfo else date.replace(tzinfo=timezone.utc)
    except (OverflowError, ValueError):
        return None
    return date if EARLIEST <= date < LATEST else None


def _written_date(written: str) -> datetime | None:
    """Return what a Date field says, None if it is no date."""
    try:
        return parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


def normalize_id(raw: str) -> str:
    """Return an identifier as ``<left@right>`` without white space, '' if it cannot identify
    anything.

    What stands in the brackets is kept as it is, also ``<[id@domain]>`` and identifiers without @:
    answers repeat it.
    """
    content = one_line("".join(raw.split()).strip("<>"), MAX_ID_BYTES + 1)
    if "@" not in content[1:-1] and len(content) < _MIN_HOSTLESS_ID:
        return ""
    return f"<{content}>" if len(content.encode()) <= MAX_ID_BYTES - 2 else ""


def _own_id(value: str) -> str:
    """Return the identifier of a Message-ID field, in brackets or not."""
    found = _BRACKETED_ID.search(value[:_MAX_REFERENCES_RAW])
    return normalize_id(found.group(1) if found else value[:_MAX_REFERENCES_RAW])


def read_ids(value: str) -> tuple[str, ...]:
    """Return the identifiers of a References or In-Reply-To field (RFC 5322 section 3.6.4), each
    once.

    Prose around them is passed over (RFC 822 allowed "Your message of Monday"). Without any
    brackets, each word counts if every word looks like an identifier.
    """
    if len(value) > _MAX_REFERENCES_RAW:
        value = value[-_MAX_REFERENCES_RAW:]
    found = _BRACKETED_ID.findall(value)
    if not found:
        words = value.split()
        found = words if all("@" in word for word in words) else []
    ids = tuple(dict.fromkeys(filter(None, map(normalize_id, found))))
    return ids if len(ids) <= MAX_REFERENCES else (ids[0], *ids[1 - MAX_REFERENCES :])


def _digest(message_id, written, internaldate, subject, in_reply_to, address_fields) -> str:
    """Return the SHA-256 of what every copy of one mail has in common.

    Left out: what servers on the way add (Received, Return-Path), Bcc (only in the sender's copy)
    and the time of arrival. Only where no Date was written, the time of arrival goes in: two scans
    from one copier would be one mail otherwise, and losing one is worse than having one twice.
    """
    if not written and internaldate:
        written = choose_date(internaldate, "").isoformat(timespec="seconds")
    people = (",".join(address.email for address in field) for field in address_fields)
    parts = (message_id, written, subject, " ".join(in_reply_to), *people)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
