"""What discovery tells."""

from dataclasses import dataclass
from enum import Enum

from ..account import Security
from ..errors import SyncError
from ..providers import Provider, Server


class Source(Enum):
    """Where a server is known from."""

    DOMAIN = "domain"
    EXCHANGER = "exchanger"
    DNS = "dns"
    SETTINGS = "settings"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Found:
    """A mail server, always with encryption.

    :param host: None where no program can reach the mail (then there is a provider)
    :param provider: if it is a known one
    :param elsewhere: DNS, which anybody in between can forge, names a server outside of the domain: a person is to look
        at it before the password goes there (RFC 6186 section 6)
    """

    source: Source
    host: str | None
    port: int
    security: Security
    login: str
    provider: Provider | None = None
    elsewhere: bool = False

    @classmethod
    def at_provider(cls, source: Source, server: Server, email: str) -> "Found":
        """The server of a known provider."""
        return cls(
            source, server.host, server.port, server.security, server.login(email), server.provider
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a search ended.

    :param refused: the domain says that it offers no IMAP
    :param likely: without a server: a name that one would have, and
    :param failure: why it cannot be used
    """

    found: Found | None = None
    refused: bool = False
    likely: str | None = None
    failure: SyncError | None = None
