"""The mail providers that most people have, from ``providers.json``: where their servers are, how one signs in there,
and what has to be done before.

What a server does differently once it is reached is not here: :mod:`.quirks` recognises that by what it says.

Each provider of the file has:

* ``name``: what people call it.
* ``servers``: one for each set of addresses. ``host``, ``port`` and ``security``, or none of them where no program can
  reach the mail; ``domains`` of addresses; ``mx``: suffixes of the mail exchangers (MX) of other domains whose mail is
  there; ``login``: ``local`` where one signs in with what stands before the @.
* ``sign_in``: ``password`` (the usual one), ``app_password``, ``google``, ``microsoft``. Empty: there is no way. With
  both kinds of password, the second one is for accounts with two-factor sign-in.
* ``two_factor``: app passwords exist only where two-factor sign-in is on.
* ``switch_on``: IMAP is off until the owner switches it on.
* ``app_password_page``, ``help``: where that is done or explained.
* ``connections``: how many mailboxes of it may be synced at the same time, where that is not as with any server. The
  largest ones count for each mailbox, not for each address that connects.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .account import Security
from .network import normal_host

_FILE = Path(__file__).with_suffix(".json")


@dataclass(frozen=True, slots=True)
class Provider:
    """How one signs in at a provider; the fields are those of the file."""

    name: str
    sign_in: frozenset[str]
    two_factor: bool = False
    switch_on: bool = False
    app_password_page: str | None = None
    help: str | None = None
    connections: int | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """Where the mail of some addresses is.

    :param host: None where no program can reach it
    :param local_login: one signs in with what stands before the @
    """

    provider: Provider
    host: str | None
    port: int
    security: Security
    local_login: bool

    def login(self, email: str) -> str:
        """What the owner of an address signs in with."""
        return email.rpartition("@")[0] if self.local_login else email


@dataclass(frozen=True, slots=True)
class _Book:
    by_domain: dict[str, Server]
    by_mx: dict[str, Server]
    by_host: dict[str, Provider]


@lru_cache(maxsize=1)
def _book() -> _Book:
    book = _Book({}, {}, {})
    for entry in json.loads(_FILE.read_text("utf-8")):
        places = entry.pop("servers")
        provider = Provider(**(entry | {"sign_in": frozenset(entry["sign_in"])}))
        for place in places:
            server = Server(
                provider,
                place.get("host"),
                place.get("port", 0),
                Security(place.get("security", "ssl")),
                place.get("login") == "local",
            )
            book.by_domain.update(dict.fromkeys(place.get("domains", ()), server))
            book.by_mx.update(dict.fromkeys(place.get("mx", ()), server))
            if server.host:
                book.by_host[server.host] = provider
    return book


def by_domain(domain: str) -> Server | None:
    """The server of the addresses of a domain, if it is a known provider's own."""
    return _book().by_domain.get(normal_host(domain))


def by_mx(exchangers: list[str]) -> Server | None:
    """The server of a domain that has its mail at a known provider.

    :param exchangers: names of its mail exchangers, the preferred one first
    """
    for exchanger in exchangers:
        labels = normal_host(exchanger).split(".")
        # the longest suffix first: some providers have their exchangers below those of others
        for start in range(len(labels) - 1):
            server = _book().by_mx.get(".".join(labels[start:]))
            if server:
                return server
    return None


def by_host(host: str) -> Provider | None:
    """The provider that a server belongs to, if it is a known one."""
    return _book().by_host.get(normal_host(host))
