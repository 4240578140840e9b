"""Whether a host is an IMAP server that proves to be the one of its name. No sign-in, no address, no password."""

import imaplib
from contextlib import suppress

from ..account import NetworkPolicy, Security
from ..answers import Refused
from ..errors import SyncError, TlsFailed
from ..imap4 import Imap4
from ..limits import Limits
from ..network import Deadline, open_socket, secure

#: what greets has a few lines to say
_LIMITS = Limits(max_line=10_000, max_literal=0, max_answers=50, max_answer_bytes=50_000)
PORTS = {Security.SSL: 993, Security.STARTTLS: 143}


def likely(domain: str) -> list[tuple[str, Security]]:
    """Where the server of a domain mostly is, the likeliest place first."""
    hosts = (f"imap.{domain}", f"mail.{domain}", domain)
    return [(host, security) for security in PORTS for host in hosts]


def greets(host: str, security: Security, policy: NetworkPolicy, deadline: Deadline) -> None:
    """Return if an IMAP server greets there, over TLS whose certificate is for this name.

    :raises SyncError: what :meth:`..session.Session.open` raises before it signs in
    """
    sock = open_socket(host, PORTS[security], policy, deadline)
    if security is Security.SSL:
        sock = secure(sock, host, policy, deadline)
    imap = Imap4(sock, host, _LIMITS, deadline)
    try:
        if security is Security.STARTTLS:
            if "STARTTLS" not in imap.capabilities:
                raise TlsFailed(f"{host} does not offer STARTTLS")
            imap.go_secure(policy, deadline)
        imap.begin(Deadline(_LIMITS.close_timeout))
        with suppress(SyncError, Refused, imaplib.IMAP4.error):
            imap.logout()
    except Refused as refusal:
        raise TlsFailed(refusal.status.text) from None
    finally:
        imap.drop()
