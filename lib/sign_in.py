"""Proving to a server whose mailbox it is: by a password, or by the token of a provider's sign-in page."""

import base64

from .account import Account
from .client import Client
from .errors import AppPasswordNeeded, LoginRefused, TokenRefused
from .grammar import quoted, sendable

#: sign-ins that need a provider's own page; where only these are offered, a password cannot work
_TOKEN_MECHANISMS = frozenset({b"AUTH=XOAUTH2", b"AUTH=OAUTHBEARER", b"AUTH=XOAUTH"})


def sign_in(client: Client, account: Account) -> None:
    """Sign in with what the account has.

    :raises LoginRefused: and its more exact kinds
    """
    login = account.login.encode("utf-8", "replace")
    secret = account.secret.encode("utf-8", "replace")
    if not (sendable(login) and sendable(secret)):
        raise LoginRefused("login or password holds a line break or NUL")
    offered = frozenset(client.capabilities())
    # What a server can do often changes with the sign-in.
    client.forget_capabilities()
    if account.by_token:
        _by_token(client, login, secret, offered)
    else:
        _by_password(client, login, secret, offered)
    client.capabilities()


def _by_password(client: Client, login: bytes, secret: bytes, offered: frozenset[bytes]) -> None:
    plain = b"\0%s\0%s" % (login, secret)
    # Servers like to quote the command they refuse.
    client.imap.hide(
        base64.b64encode(plain).decode(), secret.decode(), quoted(secret)[1:-1].decode()
    )
    by_plain = b"AUTH=PLAIN" in offered or not (login + secret).isascii()
    if not by_plain and b"LOGINDISABLED" in offered:
        raise _no_password_wanted(offered)
    with client.conversation(otherwise=LoginRefused):
        if by_plain:
            # Once; a server that asks again gets "*", which cancels. (plain_login would repeat it
            # for ever.)
            answers = iter([plain])
            client.sasl_login("PLAIN", lambda _challenge: next(answers, None))
        else:
            # imaplib quotes the password only.
            client.login(quoted(login).decode(), secret.decode())


def _no_password_wanted(offered: frozenset[bytes]) -> LoginRefused:
    if offered & _TOKEN_MECHANISMS:
        return AppPasswordNeeded("the server accepts no password, only its own sign-in page")
    return LoginRefused("the server offers no way to sign in with a password")


def _by_token(client: Client, login: bytes, token: bytes, offered: frozenset[bytes]) -> None:
    """By XOAUTH2, which Google and Microsoft have in common
    (developers.google.com/workspace/gmail/imap/xoauth2-protocol).
    """
    if b"AUTH=XOAUTH2" not in offered:
        raise LoginRefused("the server does not sign in by tokens")
    if b"\x01" in login + token:
        raise LoginRefused("login or token holds what separates them")
    bearer = b"user=%s\x01auth=Bearer %s\x01\x01" % (login, token)
    client.imap.hide(base64.b64encode(bearer).decode(), token.decode())
    # A token that is not accepted is told as a challenge with a reason, which wants an empty answer
    # before the refusal comes.
    answers = iter([bearer, b""])
    try:
        with client.conversation(otherwise=TokenRefused):
            client.sasl_login("XOAUTH2", lambda _challenge: next(answers, None))
    except LoginRefused as refusal:
        # Gmail calls a token that expired "Invalid credentials", as it does a wrong password.
        if type(refusal) is LoginRefused:
            raise TokenRefused(refusal.detail) from None
        raise
