"""Over a line with latency: round trips, and what compression brings on a real server."""

import pytest
from servers.dovecot import DovecotServer
from servers.latency_proxy import LatencyProxy

from lib.account import Account, NetworkPolicy, Security
from lib.limits import Limits
from lib.session import Session

LOGIN, PASSWORD = "anna@example.com", "secret"
MAILS = 1000
BODY = (
    b"From: a%d@x.example\r\nMessage-ID: <%d@x.example>\r\n\r\n"
    + b"Much the same, every line.\r\n" * 40
)


@pytest.fixture(scope="module", name="server")
def fixture_server():
    with DovecotServer(compress=True) as server:
        server.add_user(LOGIN, PASSWORD)
        for n in range(MAILS):
            server.append(LOGIN, "INBOX", BODY % (n, n))
        yield server


def session_through(port, **limits):
    policy = NetworkPolicy(frozenset({"localhost"}))
    account = Account("localhost", port, Security.NONE, LOGIN, PASSWORD, policy)
    return Session(account, limits=Limits(**limits))


def read_new_mail(mailbox):
    """All of a new folder, as a run reads it: by slices of 500, bodies by 200."""
    snapshot = mailbox.examine(b"INBOX")
    bodies, low = {}, 1
    while low < snapshot.uidnext:
        uids = mailbox.uids_from(low, 500)
        headers = mailbox.fetch_headers(uids)
        bodies.update(mailbox.fetch_bodies(headers.values()))
        low = uids[-1] + 1
    return bodies


def test_a_thousand_mails_cost_few_round_trips(server):
    proxy = LatencyProxy(server.plain_port, 0.01)
    with proxy.open() as port, session_through(port, compress=False) as mailbox:
        assert len(read_new_mail(mailbox)) == MAILS
    assert len(proxy.after_login()) <= 15


def test_compression_on_a_real_server(server):
    received = {}
    for compress in (False, True):
        proxy = LatencyProxy(server.plain_port, 0.0)
        with proxy.open() as port, session_through(port, compress=compress) as mailbox:
            assert "COMPRESS=DEFLATE" in mailbox.capabilities
            bodies = read_new_mail(mailbox)
            assert bodies == {n + 1: BODY % (n, n) for n in range(MAILS)}
        received[compress] = proxy.received
    assert received[True] < received[False] / 4
