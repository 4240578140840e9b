"""What a server says, taken apart as far as every command needs it."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """One untagged answer that carries data.

    :param kind: upper-case, for example ``FETCH``
    :param number: what stands before the kind (``* 5 EXISTS``), else 0
    :param parts: what follows: texts and literals in turn, beginning and ending with a text
    """

    kind: bytes
    number: int
    parts: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """A status answer, tagged or not (RFC 3501 section 7.1).

    :param kind: OK, NO, BAD, BYE or PREAUTH
    :param code: upper-case response code, ``b""`` when there is none
    :param data: what follows the code inside the brackets
    :param text: for people; cleaned, and without secrets
    """

    kind: bytes
    code: bytes
    data: bytes
    text: str

    @property
    def ok(self) -> bool:
        return self.kind == b"OK"


@dataclass(frozen=True, slots=True)
class Reply:
    """Everything that came in answer to one command, or to several in flight at once.

    :param statuses: the tagged ones, in the order of the commands
    :param answers: untagged data
    :param notices: untagged statuses, for example ``* OK [UIDVALIDITY 5]``
    """

    statuses: tuple[Status, ...]
    answers: tuple[Answer, ...]
    notices: tuple[Status, ...]

    @property
    def status(self) -> Status:
        """The tagged status of the only, or the last, command."""
        return self.statuses[-1]

    def of_kind(self, kind: bytes) -> Iterator[Answer]:
        """The answers of one kind."""
        return (answer for answer in self.answers if answer.kind == kind)

    def code(self, name: bytes) -> bytes | None:
        """The data of the last response code of that name, or None."""
        for status in (*reversed(self.statuses), *reversed(self.notices)):
            if status.code == name:
                return status.data
        return None
