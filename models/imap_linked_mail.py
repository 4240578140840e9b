"""What is known of a message when it is to be stored: that it is linked, and to what, or why it could not be read."""

from dataclasses import dataclass

from ..lib.errors import MessageUnreadable
from ..lib.headers import HeaderFacts
from ..lib.kinds import Kind
from ..lib.match import Verdict
from ..lib.parse import ParsedMail
from ..lib.quotes import is_forward
from ..lib.session import RawHeader


def records_of(verdict):
    """Return the (model, id) of the records that a mail is to stand on, each once."""
    contacts = [("res.partner", contact) for contact in verdict.contacts]
    return list(dict.fromkeys([*verdict.records, *contacts]))


@dataclass(frozen=True, slots=True)
class LinkedMail:
    """A message that is to be linked.

    :param mail: the parsed body as it is to be stored, or None when it is too large to be copied, or not needed
    :param silent: past mail: nobody is notified of it
    :param digest: by which it is recognised, whatever is left out of it
    :param copy_of: the ``imap.email`` of which it is another copy, if that is known without its body
    """

    raw: RawHeader
    facts: HeaderFacts
    verdict: Verdict
    mail: ParsedMail | None
    silent: bool
    digest: str = ""
    copy_of: object = None

    @property
    def records(self):
        return records_of(self.verdict)

    @property
    def quotes_nothing(self):
        """Whether all of it is to be shown: see lib/quotes.py."""
        by_program = self.verdict.kind in (Kind.AUTOMATED, Kind.BOUNCE)
        return by_program or is_forward(self.facts.subject)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a message could not be read.

    :param size: its bytes, 0 when the server did not tell
    """

    size: int
    error: MessageUnreadable

    def values(self):
        """Return the fields of a placement that say so. Only the server's own words are kept: what went wrong
        inside of Odoo may quote the mail, and stands in the log."""
        said = self.error.detail if type(self.error) is MessageUnreadable else False
        return {"state": "quarantined", "error_code": self.error.code, "error": said}
