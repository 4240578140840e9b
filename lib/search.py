"""Find messages that a person has in mind.

SEARCH (RFC 3501 section 6.4.4) narrows them down and no more: servers differ in what they find, and
what they find may be wrong. Whether a message is meant is decided by :meth:`Query.matches`, from its
header.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from .client import Client
from .errors import CommandRefused
from .grammar import first_text, quoted, records
from .headers import HeaderFacts

_LONGEST = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_ASCII_RUN = re.compile(r"[ -~]{2,}")
_PERSON_KEYS = (b"FROM", b"TO", b"CC", b"BCC")
#: of the text of addresses in one command, in which each stands once per key: servers cap command
#: lines (RFC 7162 section 4: 8192 octets)
_LONGEST_TOGETHER = 400

#: a search key and its text
Criterion = tuple[bytes, str]


def _clean(text: str) -> str:
    """One line without control characters, so that it can neither end a command nor begin one."""
    return " ".join(_CONTROL.sub(" ", text).split())[:_LONGEST]


@dataclass(frozen=True, slots=True)
class Query:
    """What a person remembers of a mail; what is empty does not matter.

    :param person: part of an address or a name, of the author or a recipient
    :param subject: part of it
    :param message_id: with or without its brackets
    """

    person: str = ""
    subject: str = ""
    message_id: str = ""

    def __post_init__(self):
        for name in ("person", "subject", "message_id"):
            object.__setattr__(self, name, _clean(getattr(self, name)))
        object.__setattr__(self, "message_id", self.message_id.strip("<> "))

    def __bool__(self) -> bool:
        return bool(self.person or self.subject or self.message_id)

    def matches(self, facts: HeaderFacts) -> bool:
        """Whether a mail is one of those that are meant."""
        person = self.person.casefold()
        people = (f"{one.name} <{one.email}>".casefold() for one in facts.everyone())
        return (
            (not person or any(person in one for one in people))
            and self.subject.casefold() in " ".join(facts.subject.split()).casefold()
            and self.message_id in facts.message_id
        )

    def alternatives(self) -> Iterator[tuple[Criterion, ...]]:
        """Criteria of which one set must hold, for the server."""
        subject = ((b"SUBJECT", self.subject),) if self.subject else ()
        if self.message_id:
            yield ((b"HEADER MESSAGE-ID", self.message_id),)
        elif self.person:
            for key in _PERSON_KEYS:
                yield ((key, self.person), *subject)
        else:
            yield subject


def search_people(client: Client, windows: Iterable[bytes], addresses: Iterable[str]) -> list[int]:
    """Candidates for mail of, or to, any of some addresses in the examined folder.

    :param windows: its messages, as arguments of SEARCH
    :returns: UIDs, ascending; among them may be mail of others
    """
    found: set[int] = set()
    together = list(_together(addresses))
    for window in windows:
        for batch in together:
            found.update(_ask_for_people(client, window, batch))
    return sorted(found)


def _together(addresses: Iterable[str]) -> Iterator[list[str]]:
    """Batches of addresses, each for one command; an address that is not ASCII is alone."""
    batch: list[str] = []
    for address in sorted(filter(None, map(_clean, addresses))):
        if not address.isascii():
            yield [address]
            continue
        if batch and sum(map(len, batch)) + len(address) > _LONGEST_TOGETHER:
            yield batch
            batch = []
        batch.append(address)
    if batch:
        yield batch


def _ask_for_people(client: Client, window: bytes, batch: list[str]) -> set[int]:
    if all(map(str.isascii, batch)):
        keys = [(key, address) for address in batch for key in _PERSON_KEYS]
        # a server that caps the number of keys, or their depth, is asked key by key
        with suppress(CommandRefused):
            return set(_run(client, window, keys, any_of=True))
    queries = (Query(person=address) for address in batch)
    asked = (criteria for query in queries for criteria in query.alternatives())
    return {uid for criteria in asked for uid in _ask(client, window, criteria)}


def search(client: Client, windows: Iterable[bytes], query: Query, limit: int) -> list[int]:
    """Candidates for a query in the examined folder.

    :param windows: its messages, as arguments of SEARCH, the newest first
    :returns: at most ``limit`` UIDs, the highest first
    """
    found: set[int] = set()
    for window in windows:
        for criteria in query.alternatives():
            found.update(_ask(client, window, criteria))
        if len(found) >= limit:
            break
    return sorted(found, reverse=True)[:limit]


def _ask(client: Client, window: bytes, criteria: tuple[Criterion, ...]) -> list[int]:
    try:
        return _run(client, window, criteria)
    except CommandRefused:
        # Servers may know no UTF-8 (BADCHARSET), or not this key: less is asked then, or nothing.
        runs = ((key, max(_ASCII_RUN.findall(text), key=len, default="")) for key, text in criteria)
        plain = tuple((key, run.strip()) for key, run in runs if run.strip())
        return _run(client, window, () if plain == criteria else plain)


def _run(
    client: Client, window: bytes, criteria: Sequence[Criterion], *, any_of: bool = False
) -> list[int]:
    words = [window]
    if any_of:
        words += [b"OR"] * (len(criteria) - 1)
    literal = None
    for key, text in criteria:
        if text.isascii():
            words += [key, quoted(text.encode())]
        elif literal is None:
            # imaplib sends one literal, at the end; what else is not ASCII is left to matches().
            literal = key, text.encode()
    if literal:
        words = [b"CHARSET", b"UTF-8", *words, literal[0]]
    with client.conversation() as imap:
        imap.literal = literal[1] if literal else None
        try:
            imap._simple_command("UID", "SEARCH", *words)
        finally:
            imap.literal = None
        answers = imap.untagged_responses.pop("SEARCH", [])
    lists = map(first_text, records(answers))
    return [int(uid) for uids in lists for uid in uids.split() if uid.isdigit() and len(uid) < 11]
