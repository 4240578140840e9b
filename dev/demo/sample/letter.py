"""What is written, before a mail program makes bytes of it, and the mail that comes out."""

import datetime
import hashlib
import unicodedata
from dataclasses import dataclass, field

from .people import Person


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail.

    :param cid: shown inside the text at the line ``[cid]``, instead of below it
    """

    name: str
    content_type: str
    content: bytes
    cid: str = ""


@dataclass(frozen=True)
class Letter:
    """One letter: who, when, what.

    :param body: paragraphs separated by empty lines, wrapped anywhere; a paragraph whose lines
        begin with ``- `` is a list
    :param answers: the letter that this one replies to, and quotes
    """

    key: str
    sender: Person
    to: tuple[Person, ...]
    subject: str
    body: str
    date: datetime.datetime
    cc: tuple[Person, ...] = ()
    bcc: tuple[Person, ...] = ()
    answers: "Letter | None" = None
    files: tuple[Attachment, ...] = ()

    @property
    def message_id(self):
        """Always the same for the same letter, whenever the sample is built."""
        name = hashlib.sha256(self.key.encode()).hexdigest()[:24]
        return f"<{name}@{self.sender.email.partition('@')[2].lower()}>"

    @property
    def references(self) -> list[str]:
        """The Message-IDs of the conversation before this letter, oldest first."""
        return [*self.answers.references, self.answers.message_id] if self.answers else []

    @property
    def paragraphs(self) -> list[str]:
        return [_unwrapped(part.splitlines()) for part in self.body.strip().split("\n\n")]


def _unwrapped(lines):
    """One paragraph as one line; a list stays one line per entry."""
    if lines[0].startswith("- "):
        return "\n".join(lines)
    text = lines[0]
    for line in lines[1:]:
        # Japanese has no spaces between words, so a line break stands for none
        wide = unicodedata.east_asian_width(text[-1]) in "WF"
        text += line if wide else f" {line}"
    return text


@dataclass(frozen=True)
class Mail:
    """One copy of a mail in a folder, and what the sync has to make of it.

    :param letter: the key of what was written; copies of one letter share it
    :param links: keys of the contacts in whose chatter it must be, in the order of the header
    :param document: key of the document that it answers and has to be linked to as well
    :param skip: code of the rule that leaves it out, or None if it links
    """

    letter: str
    folder: str
    raw: bytes = field(repr=False)
    date: datetime.datetime
    subject: str
    message_id: str | None
    flags: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    document: str | None = None
    skip: str | None = None


@dataclass(frozen=True)
class Lead:
    """An opportunity in Odoo, with a mail that Clara sent from there and that lies in no folder."""

    key: str
    name: str
    contact: str
    mail: Letter
