"""From a connected socket to a session that may list folders: STARTTLS, sign-in, ID."""

import socket
from contextlib import suppress

from .account import Account, Security
from .answers import Refused
from .client import Client
from .errors import CommandRefused, TlsExpected, TlsFailed
from .grammar import Malformed, pairs, parse, records, string
from .imap4 import SignedInAlready
from .limits import Limits
from .network import Deadline, speaks_tls
from .quirks import Hello, Quirks, quirks_of
from .sign_in import sign_in

#: what we call ourselves (RFC 2971); no version, which would tell attackers more than it tells
#: administrators
_CLIENT_ID = b'("name" "mail_imap_sync" "vendor" "Odoo")'


def connect(sock: socket.socket, account: Account, limits: Limits, deadline: Deadline) -> Client:
    """A client in the authenticated state.

    :param deadline: for everything before the sign-in
    :raises TlsExpected: the server waits for TLS instead of greeting
    :raises TlsFailed: STARTTLS is wanted and not offered, or the server skips it
    :raises LoginRefused: and its more exact kinds
    """
    if account.security is not Security.SSL:
        _expect_greeting(sock, account, limits)
    try:
        client = Client(sock, account, limits, deadline)
    except SignedInAlready as error:
        # Or pretends so to keep us from STARTTLS (RFC 9051 section 11.4).
        if account.security is Security.STARTTLS:
            raise TlsFailed(
                "the server greets as already signed in, which rules out STARTTLS"
            ) from None
        raise error
    try:
        if account.security is Security.STARTTLS:
            _start_tls(client, account, deadline)
        sign_in(client, account)
        _identify(client)
        client.enable_uid_only()
        if limits.compress:
            _compress(client)
        client.until = Deadline(limits.session_timeout)
    except BaseException:
        client.imap.drop()
        raise
    return client


def _expect_greeting(sock: socket.socket, account: Account, limits: Limits) -> None:
    """Tell a server that waits for TLS from one that takes its time: both are silent.

    A person who mixed up STARTTLS and TLS is told so, instead of waiting for nothing.
    """
    patience = limits.connect_timeout / 4
    sock.settimeout(patience)
    try:
        sock.recv(1, socket.MSG_PEEK)
    except TimeoutError:
        if speaks_tls(account.host, account.port, account.policy, Deadline(patience)):
            sock.close()
            raise TlsExpected(f"{account.host}:{account.port} wants TLS from the start") from None
    except OSError:
        # whoever reads the greeting tells
        return


def _start_tls(client: Client, account: Account, deadline: Deadline) -> None:
    """Fail closed: a missing STARTTLS looks the same whether the server lacks it or an attacker
    removed it.
    """
    if not client.has_capability("STARTTLS"):
        raise TlsFailed(f"{account.host} does not offer STARTTLS")
    with client.conversation() as imap:
        try:
            imap.go_secure(account.policy, deadline)
        except Refused as refusal:
            raise TlsFailed(refusal.status.text) from None


def _identify(client: Client) -> None:
    """Say who we are, and learn who the server is; a refusal means nothing."""
    client.quirks = _quirks(client, {})
    if client.quirks.needs_id or client.has_capability("ID"):
        with suppress(CommandRefused):
            identity = _identity(client.ask("ID", "ID", _CLIENT_ID))
            client.quirks = _quirks(client, identity)
            # and no more: some servers tell clients their address
            said = " ".join(identity.get(key, "") for key in ("NAME", "VERSION"))
            client.identity = client.imap.shown(said.encode())


def _compress(client: Client) -> None:
    """Where it is offered; a refusal (RFC 4978 section 3: COMPRESSIONACTIVE under TLS) means nothing."""
    if client.has_capability("COMPRESS=DEFLATE"):
        with suppress(CommandRefused), client.conversation() as imap:
            imap.go_compressed()


def _quirks(client: Client, identity: dict[str, str]) -> Quirks:
    greeting = client.imap.welcome.decode("utf-8", "replace")
    return quirks_of(Hello(greeting, frozenset(client.imap.capabilities), identity))


def _identity(answers: list) -> dict[str, str]:
    """What a server answers to ID; empty for NIL, and for what cannot be read."""
    for record in records(answers):
        with suppress(Malformed):
            found = pairs(next(iter(parse(record)), None))
            return {
                name.decode("ascii", "replace"): (string(value) or b"").decode("utf-8", "replace")
                for name, value in found.items()
            }
    return {}
