"""Whole runs: that nothing changes on the server, and the same answers from a real Dovecot,
whatever it offers.
"""

import datetime
import re

import pytest
from scripted_server import Folder, ImapBox, Message, ScriptedServer
from servers.dovecot import DovecotServer

from lib.account import Account, NetworkPolicy, Security
from lib.errors import (
    CertificateInvalid,
    ConnectionLost,
    FolderGone,
    LoginRefused,
    TooManyConnections,
)
from lib.known import Tracking
from lib.session import Session

READ_ONLY = re.compile(
    r"""
    CAPABILITY | LOGIN\ .* | LOGOUT | ID\ \(.*\) | ENABLE\ QRESYNC
    | LIST\ ""\ "\*"(\ RETURN\ \(.*\))?
    | STATUS\ "([^"\\]|\\.)*"\ \([A-Z ]*\)
    | EXAMINE\ "([^"\\]|\\.)*"
    | (UID\ )?FETCH\ [\d:,*]+\ \((UID|FLAGS|INTERNALDATE|RFC822\.SIZE|X-GM-\w+|BODY\.PEEK\[[^\]]*\]|\ )+\)
      (\ \(CHANGEDSINCE\ \d+(\ VANISHED)?\))?
    | UID\ SEARCH\ (RETURN\ \((COUNT|MIN|ALL)\)\ )?(UID\ [\d:]+|SINCE\ [\w-]+)
    | SEARCH\ [\d:]+\ SINCE\ [\w-]+
    """,
    re.VERBOSE,
)
LOGIN, PASSWORD = "anna@example.com", 'pä"ss w\\örd'
START = datetime.datetime(2024, 1, 1, 12, tzinfo=datetime.timezone.utc)
BODIES = [
    b"From: a%d@example.com\r\nSubject: mail %d\r\nMessage-ID: <%d@x>\r\nX-Other: no\r\n\r\n%s"
    % (n, n, n, b"line \xff\r\n" * n)
    for n in range(120)
]
GONE = [3, 4, 5, 50, 51, 119]


def everything(mailbox):
    """What one run can learn, in a form that does not depend on how it was learnt."""
    folders = sorted(mailbox.list_folders(), key=lambda folder: folder.raw)
    states = mailbox.status([folder.raw for folder in folders if folder.selectable])
    snapshot = mailbox.examine(b"INBOX")
    uids, mark = [], snapshot.uidnext
    while window := mailbox.uids_below(mark, 17):
        uids += window
        mark = window[-1]
    headers = mailbox.fetch_headers(uids)
    listed = list(mailbox.listing(flags=False))
    flags = {}
    for part in mailbox.listing(flags=True):
        flags |= part.flags
    changed = {}
    if snapshot.highestmodseq and mailbox.tracking is not Tracking.NONE:
        for part in mailbox.changes_since(1):
            changed |= part.flags
    return {
        "folders": folders,
        "states": {raw: (state.uidnext, state.messages) for raw, state in states.items()},
        "snapshot": (snapshot.exists, snapshot.uidnext),
        "uids": uids,
        "from": [mailbox.uids_from(uid, 10) for uid in (1, 4, 49, 119, 121, 500)],
        "below": [mailbox.uids_below(uid, 10, 45) for uid in (1, 46, 52, 60, 4_000_000_000)],
        "since": [
            mailbox.first_uid_since(START.date() + datetime.timedelta(d)) for d in (0, 60, 999)
        ],
        "headers": headers,
        "listed": [uid for uid in uids if any(uid in part.uids for part in listed)],
        "flags": flags,
        "changed": changed or flags,
        "present": sorted(mailbox.present([*uids[:50], 4_000_000_000])),
        "bodies": dict(mailbox.fetch_bodies(headers.values())),
    }


def test_facts_tell_of_the_server_and_of_nobody(certificates, account):
    """Some servers tell clients their address; careless ones repeat what they were told."""
    certificate, ca_file = certificates["good"]
    box = ImapBox(capabilities=b"IMAP4rev1 ID X-GM-EXT-1")
    box.identity = b'("name" "Box secret" "version" "2" "remote-host" "198.51.100.7")'
    with ScriptedServer(box, certificate=certificate, tls=True) as server:
        with Session(account(server, Security.SSL, ca_file)) as session:
            facts = session.facts
    assert facts["tls"].startswith("TLSv1.")
    assert {**facts, "tls": ""} == {
        "capabilities": ["ID", "IMAP4REV1", "X-GM-EXT-1"],
        "compressed": False,
        "name": "Box *** 2",
        "quirks": ["gmail"],
        "tls": "",
    }
    with ScriptedServer(ImapBox()) as server, Session(account(server)) as session:
        assert session.facts["tls"] == session.facts["name"] == ""


@pytest.mark.parametrize(
    "capabilities",
    [
        b"IMAP4rev1",
        b"IMAP4rev1 ID ESEARCH LIST-EXTENDED SPECIAL-USE LIST-STATUS CONDSTORE QRESYNC",
    ],
)
def test_a_whole_run_changes_nothing_on_the_server(session, capabilities):
    folders = {b"INBOX": Folder.of(range(1, 301)), b"a": Folder([Message(5)])}
    with ScriptedServer(ImapBox(folders, capabilities=capabilities)) as server:
        with session(server) as mailbox:
            everything(mailbox)
    commands = [command.decode() for command in server.commands]
    assert [command for command in commands if not READ_ONLY.fullmatch(command)] == []
    assert commands[-1] == "LOGOUT"


def fill(server):
    """Give a Dovecot its mailbox."""
    server.add_user(LOGIN, PASSWORD)
    for folder in ("Ärger/Süß", "Work & Co", 'quoted "name"'):
        server.create_folder(LOGIN, folder)
    for n, body in enumerate(BODIES):
        date = START + datetime.timedelta(days=n)
        server.append(LOGIN, "INBOX", body, ["\\Flagged"] if n % 2 else [], internaldate=date)
    server.expunge(LOGIN, "INBOX", GONE)


def account_of(server, security=Security.SSL, password=PASSWORD):
    policy = NetworkPolicy(frozenset({"localhost"}), server.ca_file)
    port = server.tls_port if security is Security.SSL else server.plain_port
    return Account("localhost", port, security, LOGIN, password, policy)


@pytest.mark.parametrize(
    ("capability", "security"),
    [
        (None, Security.SSL),
        (None, Security.STARTTLS),
        ("IMAP4rev1", Security.SSL),
        ("IMAP4rev1 SASL-IR ID AUTH=PLAIN CONDSTORE ESEARCH", Security.NONE),
    ],
)
def test_dovecot(capability, security):
    with DovecotServer(capability=capability) as server:
        fill(server)
        before = server.messages(LOGIN, "INBOX")
        with Session(account_of(server, security)) as mailbox:
            learnt = everything(mailbox)
        after = server.messages(LOGIN, "INBOX")
        commands = server.client_commands(LOGIN)
    present = {uid: body for uid, body in enumerate(BODIES, 1) if uid not in GONE}
    assert learnt["uids"] == sorted(present, reverse=True)
    assert learnt["listed"] == sorted(present, reverse=True)
    assert set(learnt["flags"]) == set(learnt["changed"]) == set(present)
    assert learnt["flags"] == learnt["changed"]
    assert learnt["present"] == sorted(learnt["uids"][:50])
    assert learnt["bodies"] == present
    assert learnt["snapshot"] == (len(present), 121)
    assert learnt["from"] == [
        [uid for uid in present if uid >= low][:10] for low in (1, 4, 49, 119, 121, 500)
    ]
    assert learnt["below"] == [
        [uid for uid in sorted(present, reverse=True) if 45 <= uid < high][:10]
        for high in (1, 46, 52, 60, 4_000_000_000)
    ]
    assert learnt["since"] == [1, 61, None]
    assert learnt["states"][b"INBOX"] == (121, len(present))
    assert {folder.path: folder.role for folder in learnt["folders"]} == {
        "INBOX": "inbox", "Sent": "sent", "Drafts": "drafts", "Trash": "trash", "Junk": "junk",
        "Archive": "archive", "Ärger": "other", "Ärger/Süß": "other", "Work & Co": "other",
        'quoted "name"': "other",
    }  # fmt: skip
    for uid, header in learnt["headers"].items():
        n = uid - 1
        assert header.internaldate == START + datetime.timedelta(days=n)
        assert header.size == len(BODIES[n])
        assert set(header.flags) - {"\\Recent"} == ({"\\Flagged"} if n % 2 else set())
        assert header.header == (
            b"From: a%d@example.com\r\nSubject: mail %d\r\nMessage-ID: <%d@x>\r\n\r\n" % (n, n, n)
        )
    # not even \\Recent is lost
    assert before == after
    assert [command for command in commands if not READ_ONLY.fullmatch(command)] == []


def test_dovecot_turns_us_away():
    with DovecotServer(max_connections=1) as server:
        server.add_user(LOGIN, PASSWORD)
        with pytest.raises(LoginRefused) as caught:
            Session(account_of(server, password="wrong")).open()
        assert type(caught.value) is LoginRefused
        with Session(account_of(server)) as mailbox:
            with pytest.raises(FolderGone):
                mailbox.examine(b"nowhere")
            with pytest.raises(TooManyConnections):
                Session(account_of(server)).open()
            assert mailbox.examine(b"INBOX").exists == 0
            server.kick(LOGIN)
            with pytest.raises(ConnectionLost):
                mailbox.list_folders()


@pytest.mark.parametrize("security", [Security.SSL, Security.STARTTLS])
def test_dovecot_with_an_expired_certificate(security):
    with DovecotServer(expired=True) as server:
        server.add_user(LOGIN, PASSWORD)
        with pytest.raises(CertificateInvalid):
            Session(account_of(server, security)).open()
        assert server.client_commands() == []
