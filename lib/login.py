"""From a greeting to a session that may list folders: STARTTLS, capabilities, sign-in, ID."""

import base64

from .account import Account, Security
from .answers import Reply
from .errors import AppPasswordNeeded, LoginRefused, ProtocolError, TlsFailed
from .grammar import quoted, sendable
from .network import Deadline
from .server_answers import classify
from .wire import Wire

#: what we call ourselves (RFC 2971); no version, which would tell attackers more than it tells
#: administrators
_CLIENT_ID = b'("name" "mail_imap_sync" "vendor" "Odoo")'
#: sign-ins that need a provider's own page; where only these are offered, a password cannot work
_TOKEN_MECHANISMS = frozenset({"AUTH=XOAUTH2", "AUTH=OAUTHBEARER", "AUTH=XOAUTH"})


def log_in(wire: Wire, account: Account, deadline: Deadline) -> None:
    """Take a freshly connected wire to the authenticated state.

    :param deadline: for everything before the sign-in
    :raises TlsFailed: STARTTLS is wanted and not offered, or the server skips it
    :raises LoginRefused: and its more exact kinds
    """
    greeting = wire.greeting()
    if greeting.kind == b"PREAUTH":
        _refuse_preauth(account)
    if account.security is Security.STARTTLS:
        _start_tls(wire, account, deadline)
    _know_capabilities(wire)
    _sign_in(wire, account)
    _identify(wire)


def _refuse_preauth(account: Account) -> None:
    """Somebody else is signed in already, or pretends so to keep us from STARTTLS (RFC 9051
    section 11.4).
    """
    if account.security is Security.STARTTLS:
        raise TlsFailed("the server greets as already signed in, which rules out STARTTLS")
    raise ProtocolError("the server greets as already signed in, as nobody knows whom")


def _know_capabilities(wire: Wire) -> None:
    if not wire.capabilities:
        wire.expect_ok(b"CAPABILITY")


def _start_tls(wire: Wire, account: Account, deadline: Deadline) -> None:
    """Fail closed: a missing STARTTLS looks the same whether the server lacks it or an attacker
    removed it.
    """
    _know_capabilities(wire)
    if "STARTTLS" not in wire.capabilities:
        raise TlsFailed(f"{account.host} does not offer STARTTLS")
    status = wire.run(b"STARTTLS").status
    if not status.ok:
        raise TlsFailed(status.text)
    wire.secure(account.host, account.policy, deadline)


def _sign_in(wire: Wire, account: Account) -> None:
    login = account.login.encode("utf-8", "replace")
    secret = account.secret.encode("utf-8", "replace")
    if not (sendable(login) and sendable(secret)):
        raise LoginRefused("login or password holds a line break or NUL")
    plain = base64.b64encode(b"\0%s\0%s" % (login, secret))
    # Servers like to quote the command they refuse.
    wire.hide(plain.decode(), account.secret, quoted(secret)[1:-1].decode())
    offered = wire.forget_capabilities()
    if "AUTH=PLAIN" in offered or not (login + secret).isascii():
        reply = _authenticate_plain(wire, plain, "SASL-IR" in offered)
    elif "LOGINDISABLED" in offered:
        raise _no_password_wanted(offered)
    else:
        reply = wire.run(b"LOGIN", quoted(login), quoted(secret))
    if not reply.status.ok:
        raise classify(reply.status, otherwise=LoginRefused)
    # What a server can do often changes with the sign-in (RFC 3501 section 6.2.3).
    _know_capabilities(wire)


def _authenticate_plain(wire: Wire, plain: bytes, initial: bool) -> Reply:
    """AUTHENTICATE PLAIN (RFC 4616), with the response in the same line where the server can (RFC
    4959).

    A server that asks for it although it was sent gets it once more.
    """
    words = (b"AUTHENTICATE", b"PLAIN", plain) if initial else (b"AUTHENTICATE", b"PLAIN")
    return wire.run(*words, continuations=(plain, b"*"))


def _no_password_wanted(offered: frozenset[str]) -> LoginRefused:
    if offered & _TOKEN_MECHANISMS:
        return AppPasswordNeeded("the server accepts no password, only its own sign-in page")
    return LoginRefused("the server offers no way to sign in with a password")


def _identify(wire: Wire) -> None:
    """Say who we are. 163 and 126 open no folder before that ("Unsafe Login"); a refusal means
    nothing.
    """
    if "ID" in wire.capabilities:
        wire.run(b"ID", _CLIENT_ID)
