"""Addresses in header fields: read what real mail writes, never take an address from a display
name.

Grammar: RFC 5322 section 3.4 with the obsolete forms of 4.4, and what mail programs write instead.
A name such as ``boss@company.example <attacker@evil.example>`` is a name; only what stands in angle
brackets, or bare where there are none, is an address. Encoded words are decoded after the structure
is read, so they cannot add an address (RFC 2047 section 5).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from .text import decode_words, one_line

#: Longest address: 64 + @ + 255 (RFC 5321 section 4.5.3.1).
MAX_EMAIL_LENGTH = 320
MAX_NAME_LENGTH = 200
#: Most addresses that are read of one field. Servers refuse far fewer; 4,096 have been seen.
MAX_ADDRESSES = 5000
#: Raw text of one display name that is looked at.
_MAX_RAW_NAME = 1000
#: Longest field that is worth a place in the cache, so that the cache stays below about 4 MB.
_MAX_REMEMBERED = 256

_TOKEN = re.compile(
    r"""
      (?P<word>=\?[^?\s]+\?[bBqQ]\?[^?]*\?=)    # commas and brackets must not be in there, but are
    | (?P<quoted>"(?:[^"\\]|\\.)*(?P<closed>")?)
    | (?P<angle><[^<>]*>)
    | (?P<comment>\([^()]*\))
    | (?P<mark>[,;:])
    | (?P<atom>[^\s"<>(),;:]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT = re.compile(r"\([^()]*\)")
_AROUND_MARKS = re.compile(r"\s*([@.])\s*")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_VALID = re.compile(
    r"""
    (?: "[^"\x00-\x1f\x7f]+" | [^\s@<>()\[\]",;:\\\x00-\x1f\x7f]+ )
    @
    (?: [^\s@<>()\[\]",;:\\\x00-\x1f\x7f]+ | \[[^\s\[\]@<>\x00-\x1f\x7f]+\] )
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of a header field.

    :param name: decoded display name, one line, at most MAX_NAME_LENGTH characters, '' if there is
        none
    :param email: normalised as Odoo's ``email_normalize`` does it, never empty
    """

    name: str
    email: str


def normalize_email(email: str) -> str:
    """Return a single address as Odoo's ``email_normalize`` would: lower case, local part only if
    it is ASCII.

    RFC 6531 leaves non-ASCII local parts to the receiving host, so their case is kept.
    """
    local, at, domain = email.rpartition("@")
    return (local.lower() if local.isascii() else local) + at + domain.lower()


def domain_of(email: str) -> str:
    """Return what follows the last @."""
    return email.rpartition("@")[2]


def spellings(email: str) -> tuple[str, ...]:
    """Return the address and, for an international domain, its other spelling (U-label and A-label,
    RFC 5890).

    Mail travels as ``a@xn--bcher-kva.example`` while people type ``a@bücher.example`` into a
    contact.
    """
    local, _, domain = email.rpartition("@")
    try:
        if not domain.isascii():
            other = domain.encode("idna").decode("ascii")
        elif "xn--" in domain:
            other = domain.encode("ascii").decode("idna")
        else:
            return (email,)
    except (UnicodeError, ValueError):
        return (email,)
    other = normalize_email(f"{local}@{other}")
    return (email,) if other == email or not _VALID.fullmatch(other) else (email, other)


def read_addresses(value: str) -> tuple[Address, ...]:
    """Return the addresses of an unfolded header field, in order, at most MAX_ADDRESSES.

    Groups (``undisclosed-recipients:;``) give their members. An entry with two addresses
    (``"Someone" <valid>:<attacker>``) gives both, since nobody can say which one another program
    shows.
    """
    if not value:
        return ()
    if len(value) <= _MAX_REMEMBERED:
        return _remembered(value)
    return tuple(islice(_mailboxes(value), MAX_ADDRESSES))


@lru_cache(maxsize=4096)
def _remembered(value: str) -> tuple[Address, ...]:
    """Return the addresses of a short field; a mailbox hears from the same people all the time."""
    return tuple(_mailboxes(value))


def _mailboxes(value: str):
    """Yield the addresses of a field, cut at commas, semicolons and colons outside of quotes."""
    entry = _Entry()
    for kind, text in _tokens(value):
        if kind != "mark":
            entry.add(kind, text)
            continue
        found = entry.addresses()
        yield from found
        # ``Doe, John <j@x>`` without quotes: the words before the comma belong to the name that
        # follows
        if text == "," and entry.words and not found:
            entry.add("mark", text)
        else:
            entry = _Entry()
    yield from entry.addresses()


def _tokens(value: str):
    """Yield (kind, text) of a field's tokens, in linear time, without stray characters."""
    end = None
    for token in _TOKEN.finditer(value):
        kind = token.lastgroup
        if kind == "quoted" and not token["closed"]:
            # never closed, so the quote says nothing: read what follows as if no quotes were there
            yield from _tokens(value[token.start() :].replace('"', " "))
            return
        text = token.group()
        # a quoted local part: "john doe"@example.com
        if kind == "atom" and text[0] == "@" and token.start() == end:
            kind = "local-quoted"
        end = token.end() if kind == "quoted" else None
        yield kind, text


class _Entry:
    """What stands between two commas of an address field."""

    __slots__ = ("angles", "bare", "comments", "size", "words")

    def __init__(self):
        self.words: list[str] = []
        self.angles: list[str] = []
        self.bare: dict[str, str] = {}
        self.comments: list[str] = []
        self.size = 0

    def add(self, kind: str, text: str):
        """Take one token; past the size of any honest entry only addresses in brackets are kept."""
        if kind == "angle":
            if email := _email_in_angle(text):
                self.angles.append(email)
            return
        self.size += len(text)
        if self.size > _MAX_RAW_NAME:
            return
        if kind == "comment":
            self.comments.append(text[1:-1])
            return
        if kind == "quoted":
            self.words.append(_ESCAPED.sub(r"\1", text[1:-1]))
            return
        if kind == "local-quoted":
            text = f'"{self.words.pop()}"{text}'
        self.words.append(text)
        # never of a quoted word: ``"boss@company.example" <somebody>`` holds no address
        if email := _email_or_nothing(text):
            self.bare[text] = email

    def addresses(self) -> list[Address]:
        """Return the addresses of this entry; the name goes to the first."""
        if not self.angles and not self.bare:
            return []
        words, emails = self.words, self.angles
        if not emails:
            words = [word for word in words if word not in self.bare]
            emails = list(self.bare.values())
        name = _name(words or self.comments, emails[0])
        return [Address(name, emails[0]), *(Address("", email) for email in emails[1:])]


def _email_in_angle(angle: str) -> str:
    """Return the address in ``<...>``, without source route (RFC 5322 4.4) or ``mailto:``."""
    content = angle[1:-1].strip()
    if not content.startswith('"'):
        # comments and white space may surround @ and dots (RFC 5322 section 4.4)
        content = _AROUND_MARKS.sub(r"\1", _COMMENT.sub("", content)).strip()
    if ":" in content and not content.startswith('"'):
        content = content.rpartition(":")[2].strip()
    return _email_or_nothing(content)


def _email_or_nothing(text: str) -> str:
    """Return the text as a normalised address, or '' if it is none."""
    if "@" not in text or len(text) > MAX_EMAIL_LENGTH:
        return ""
    if not text.isprintable():
        # zero-width spaces come with pasting, marks that turn text around with fraud
        text = "".join(filter(str.isprintable, text))
    text = text.strip("'").rstrip(".")
    return normalize_email(text) if _VALID.fullmatch(text) else ""


def _name(words: list[str], email: str) -> str:
    """Return the decoded display name, '' if it says nothing but the address or a stop."""
    raw = " ".join(words).replace(" , ", ", ")[:_MAX_RAW_NAME]
    name = one_line(decode_words(raw), MAX_NAME_LENGTH)
    # Outlook puts single quotes around names that look like addresses
    if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
        name = name[1:-1].strip()
    if not name.strip(" .,;:-_'\"") or name.lower() == email:
        return ""
    return name
