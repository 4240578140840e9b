"""What the engine must know to reach one mailbox."""

from dataclasses import dataclass, field
from enum import Enum


class Security(Enum):
    """How the connection is protected. TLS is verified in both of the first two."""

    SSL = "ssl"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class NetworkPolicy:
    """What an administrator allows the server to reach.

    :param allowed_hosts: lower-case host names that may resolve to private addresses and, when the owner
        chose no encryption, may be signed in to without it
    :param ca_file: path of extra trusted certificates (PEM), for self-hosted servers
    """

    allowed_hosts: frozenset[str] = frozenset()
    ca_file: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Address, protection and credentials of one mailbox. The secret never shows in ``repr``.

    :param secret: a password; with ``by_token`` the access token of a provider's sign-in page
    """

    host: str
    port: int
    security: Security
    login: str
    secret: str = field(repr=False)
    policy: NetworkPolicy = NetworkPolicy()
    by_token: bool = False
