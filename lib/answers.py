"""What a server says at the end of a command."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Status:
    """A status answer, tagged or not (RFC 3501 section 7.1).

    :param kind: OK, NO, BAD or BYE
    :param code: upper-case response code, ``b""`` when there is none
    :param data: what follows the code inside the brackets
    :param text: for people; cleaned, and without secrets
    """

    kind: bytes
    code: bytes
    data: bytes
    text: str


class Refused(Exception):
    """A command ended in NO or BAD. Callers turn it into what it means there."""

    def __init__(self, status: Status):
        super().__init__(status.text)
        self.status = status
