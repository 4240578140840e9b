"""From a connected socket to a session that may list folders: STARTTLS, sign-in, ID."""

import base64
import socket
from contextlib import suppress

from .account import Account, Security
from .answers import Refused
from .client import Client
from .errors import AppPasswordNeeded, CommandRefused, LoginRefused, TlsFailed
from .grammar import Malformed, pairs, parse, quoted, records, sendable, string
from .imap4 import SignedInAlready
from .limits import Limits
from .network import Deadline
from .quirks import Hello, Quirks, quirks_of

#: what we call ourselves (RFC 2971); no version, which would tell attackers more than it tells
#: administrators
_CLIENT_ID = b'("name" "mail_imap_sync" "vendor" "Odoo")'
#: sign-ins that need a provider's own page; where only these are offered, a password cannot work
_TOKEN_MECHANISMS = frozenset({b"AUTH=XOAUTH2", b"AUTH=OAUTHBEARER", b"AUTH=XOAUTH"})


def connect(sock: socket.socket, account: Account, limits: Limits, deadline: Deadline) -> Client:
    """A client in the authenticated state.

    :param deadline: for everything before the sign-in
    :raises TlsFailed: STARTTLS is wanted and not offered, or the server skips it
    :raises LoginRefused: and its more exact kinds
    """
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
        _sign_in(client, account)
        _identify(client)
        client.enable_uid_only()
        if limits.compress:
            _compress(client)
    except BaseException:
        client.imap.drop()
        raise
    return client


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


def _sign_in(client: Client, account: Account) -> None:
    login = account.login.encode("utf-8", "replace")
    secret = account.secret.encode("utf-8", "replace")
    offered = frozenset(client.capabilities())
    if not (sendable(login) and sendable(secret)):
        raise LoginRefused("login or password holds a line break or NUL")
    plain = b"\0%s\0%s" % (login, secret)
    # Servers like to quote the command they refuse.
    client.imap.hide(
        base64.b64encode(plain).decode(), account.secret, quoted(secret)[1:-1].decode()
    )
    by_plain = b"AUTH=PLAIN" in offered or not (login + secret).isascii()
    if not by_plain and b"LOGINDISABLED" in offered:
        raise _no_password_wanted(offered)
    # What a server can do often changes with the sign-in.
    client.forget_capabilities()
    with client.conversation(otherwise=LoginRefused):
        if by_plain:
            # Once; a server that asks again gets "*", which cancels. (plain_login would repeat it
            # for ever.)
            answers = iter([plain])
            client.sasl_login("PLAIN", lambda _challenge: next(answers, None))
        else:
            # imaplib quotes the password only.
            client.login(quoted(login).decode(), account.secret)
    client.capabilities()


def _no_password_wanted(offered: frozenset[bytes]) -> LoginRefused:
    if offered & _TOKEN_MECHANISMS:
        return AppPasswordNeeded("the server accepts no password, only its own sign-in page")
    return LoginRefused("the server offers no way to sign in with a password")


def _identify(client: Client) -> None:
    """Say who we are, and learn who the server is; a refusal means nothing."""
    client.quirks = _quirks(client, {})
    if client.quirks.needs_id or client.has_capability("ID"):
        with suppress(CommandRefused):
            client.quirks = _quirks(client, _identity(client.ask("ID", "ID", _CLIENT_ID)))


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
