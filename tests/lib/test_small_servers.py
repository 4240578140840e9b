"""The whole read path against real servers other than Dovecot."""

import datetime
from dataclasses import replace

import pytest
from imapclient import IMAPClient
from servers.courier import CourierServer
from servers.cyrus import CyrusServer
from servers.hoodiecrow import HoodiecrowServer
from servers.small_server import PymapServer

from lib.account import Account, NetworkPolicy, Security
from lib.errors import FolderGone, LoginRefused
from lib.folder_roles import roles_by_default
from lib.search import Query
from lib.session import Session

COUNT = 40
MAILS = {
    n: f"From: a{n}@x.example\r\nMessage-ID: <{n}@x.example>\r\nSubject: mail {n}\r\n\r\nNumber {n}\r\n"
    for n in range(1, COUNT + 1)
}
START = datetime.datetime(2024, 1, 1, 12, tzinfo=datetime.timezone.utc)


def session_with(server, password=None):
    policy = NetworkPolicy(frozenset({server.host}))
    secret = password or server.password
    return Session(Account(server.host, server.port, Security.NONE, server.login, secret, policy))


def read_everything(mailbox, folder):
    """What a first run reads in a folder: UIDs newest first, headers, bodies."""
    snapshot = mailbox.examine(folder)
    uids, mark = [], snapshot.uidnext
    while window := mailbox.uids_below(mark, 7):
        uids += window
        mark = window[-1]
    assert mailbox.uids_from(1, 1000) == uids[::-1]
    assert mailbox.uids_from(snapshot.uidnext, 10) == []
    headers = mailbox.fetch_headers(uids)
    bodies = dict(mailbox.fetch_bodies(headers.values()))
    assert sorted(headers) == sorted(bodies) == sorted(uids)
    assert all(header.size == len(bodies[uid]) for uid, header in headers.items())
    return snapshot, [headers[uid] for uid in uids], [bodies[uid] for uid in uids]


def test_pymap():
    with PymapServer() as server:
        client = IMAPClient(server.host, port=server.port, ssl=False)
        client.login(server.login, server.password)
        client.create_folder("Sent")
        client.create_folder("Entwürfe")
        for n, mail in MAILS.items():
            date = START + datetime.timedelta(days=n)
            client.append("INBOX", mail.encode(), ["\\Seen"] if n % 2 else [], date)
        client.select_folder("INBOX")
        gone = client.search("ALL")[4:9]
        client.delete_messages(gone)
        client.expunge()
        client.logout()
        with session_with(server) as mailbox:
            folders = mailbox.list_folders()
            assert {folder.path: folder.role for folder in folders} == {
                "INBOX": "inbox", "Sent": "sent", "Entwürfe": "drafts",
            }  # fmt: skip
            states = mailbox.status([folder.raw for folder in folders])
            snapshot, headers, bodies = read_everything(mailbox, b"INBOX")
            state = states[b"INBOX"]
            assert (state.messages, state.uidnext) == (COUNT - 5, snapshot.uidnext)
            assert state.uidvalidity == snapshot.uidvalidity
            left = [n for n in sorted(MAILS, reverse=True) if not 5 <= n <= 9]
            assert bodies == [MAILS[n].encode() for n in left]
            assert [b"\\Seen" in str(header.flags).encode() for header in headers] == [
                bool(n % 2) for n in left
            ]
            assert headers[0].internaldate == START + datetime.timedelta(days=COUNT)
            late = START.date() + datetime.timedelta(days=COUNT - 3)
            assert mailbox.first_uid_since(late) == headers[3].uid
            with pytest.raises(FolderGone):
                mailbox.examine(b"nowhere")
        with pytest.raises(LoginRefused):
            session_with(server, "wrong").open()


def test_courier():
    """INBOX. before all names, no SPECIAL-USE, no ESEARCH, and whatever else Courier does."""
    with CourierServer() as server:
        client = IMAPClient(server.host, port=server.port, ssl=False)
        client.login(server.login, server.password)
        for name in ("INBOX.Sent", "INBOX.Entwürfe", "INBOX.Work & Co"):
            client.create_folder(name)
        for n, mail in MAILS.items():
            # a Maildir keeps lines as Unix does
            raw = mail.replace("\r\n", "\n").encode()
            server.deliver(raw, START + datetime.timedelta(days=n), "S" if n % 2 else "")
        client.select_folder("INBOX")
        client.delete_messages(client.search("ALL")[4:9])
        client.expunge()
        client.logout()
        with session_with(server) as mailbox:
            folders = mailbox.list_folders()
            assert {folder.path: folder.role for folder in folders} == {
                "INBOX": "inbox", "INBOX.Sent": "sent", "INBOX.Entwürfe": "drafts",
                "INBOX.Work & Co": "other",
            }  # fmt: skip
            states = mailbox.status([folder.raw for folder in folders])
            assert set(states) == {folder.raw for folder in folders}
            snapshot, headers, bodies = read_everything(mailbox, b"INBOX")
            state = states[b"INBOX"]
            assert (state.messages, state.uidnext) == (COUNT - 5, snapshot.uidnext)
            assert state.uidvalidity == snapshot.uidvalidity
            left = [n for n in sorted(MAILS, reverse=True) if not 5 <= n <= 9]
            assert bodies == [MAILS[n].encode() for n in left]
            assert headers[0].internaldate == START + datetime.timedelta(days=COUNT)
            late = START.date() + datetime.timedelta(days=COUNT - 3)
            assert mailbox.first_uid_since(late) == headers[3].uid
            with pytest.raises(FolderGone):
                mailbox.examine(b"INBOX.nowhere")
        with pytest.raises(LoginRefused):
            session_with(server, "wrong").open()


def test_cyrus():
    with CyrusServer() as server:
        server.add_user("anna@tea.example", "secret")
        box = server.mailbox("anna@tea.example")
        for name in ("Entwürfe", "Work & Co"):
            box.create_folder(name)
        for n, mail in MAILS.items():
            date = START + datetime.timedelta(days=n)
            box.append("INBOX", mail.encode(), ["\\Seen"] if n % 2 else [], date)
        box.expunge("INBOX", range(5, 10))
        account = Account(
            server.host,
            server.tls_port,
            Security.SSL,
            "anna@tea.example",
            "secret",
            NetworkPolicy(frozenset({server.host}), ca_file=server.ca_file),
        )
        with Session(account) as mailbox:
            folders = mailbox.list_folders()
            assert {folder.path: folder.role for folder in folders} == {
                "INBOX": "inbox", "Sent": "sent", "Archive": "archive", "Entwürfe": "drafts",
                "Work & Co": "other",
            }  # fmt: skip
            state = mailbox.status([folder.raw for folder in folders])[b"INBOX"]
            snapshot, headers, bodies = read_everything(mailbox, b"INBOX")
            assert (state.messages, state.uidnext) == (COUNT - 5, snapshot.uidnext)
            left = [n for n in sorted(MAILS, reverse=True) if not 5 <= n <= 9]
            assert bodies == [MAILS[n].encode() for n in left]
            assert [header.uid for header in headers] == left
            assert headers[0].internaldate == START + datetime.timedelta(days=COUNT)
            late = START.date() + datetime.timedelta(days=COUNT - 3)
            assert mailbox.first_uid_since(late) == COUNT - 3
            assert mailbox.count_from(10) == COUNT - 9
            assert sorted(mailbox.search(Query(subject="mail 3"), 99)) == [3, *range(30, 40)]
            assert mailbox.search_people({"a7@x.example", "a11@x.example"}) == [11]
            assert sum(part.uids.count() for part in mailbox.listing(flags=False)) == COUNT - 5
            box.add_flags("INBOX", 12, ["$Work"])
            box.expunge("INBOX", [20, 40])
            mailbox.examine(b"INBOX")
            (changes,) = mailbox.changes_since(snapshot.highestmodseq)
            assert changes.flags == {12: ("$Work",)}
            assert list(changes.vanished) == [(20, 20), (40, 40)]
            assert mailbox.present([19, 20, 40]).keys() == {19}
            with pytest.raises(FolderGone):
                mailbox.examine(b"nowhere")
        with pytest.raises(LoginRefused):
            Session(replace(account, secret="wrong")).open()


def gmail_storage():
    """All Mail with everything, and INBOX with half of it."""

    def message(n, **values):
        date = (START + datetime.timedelta(days=n)).strftime("%d-%b-%Y %H:%M:%S +0000")
        return {"raw": MAILS[n], "internaldate": date, "uid": n, **values}

    special = {"All Mail": "\\All", "Drafts": "\\Drafts", "Sent Mail": "\\Sent", "Spam": "\\Junk"}
    folders = {name: {"special-use": use} for name, use in special.items()}
    folders["All Mail"]["messages"] = [
        message(n, **{"X-GM-MSGID": str(2**60 + n), "X-GM-LABELS": labels})
        for n in MAILS
        for labels in (["\\Sent", "Kunden"] if n % 2 else ["\\Inbox"],)
    ]
    return {
        "INBOX": {"messages": [message(n) for n in MAILS if n % 2 == 0]},
        "": {
            "separator": "/",
            "folders": {"[Gmail]": {"flags": ["\\Noselect"], "folders": folders}},
        },
    }


def test_hoodiecrow_as_gmail():
    plugins = ("X-GM-EXT-1", "SPECIAL-USE")
    with HoodiecrowServer(gmail_storage(), plugins) as server, session_with(server) as mailbox:
        assert mailbox.quirks.labels
        folders = [folder for folder in mailbox.list_folders() if folder.selectable]
        roles = roles_by_default({folder.role for folder in folders}, labels=True)
        (all_mail,) = [folder for folder in folders if folder.role in roles]
        assert all_mail.path == "[Gmail]/All Mail"
        states = mailbox.status([folder.raw for folder in folders])
        assert states[all_mail.raw].messages == COUNT
        assert states[b"INBOX"].messages == COUNT // 2
        assert states[b"INBOX"].highestmodseq
        _snapshot, headers, bodies = read_everything(mailbox, all_mail.raw)
        assert bodies == [MAILS[n].encode() for n in sorted(MAILS, reverse=True)]
        for header in headers:
            assert header.gm_msgid == 2**60 + header.uid
            assert header.is_sent == bool(header.uid % 2)
            assert ("Kunden" in header.gm_labels) == header.is_sent
        assert mailbox.first_uid_since(START.date() + datetime.timedelta(days=10)) == 10


def test_hoodiecrow_as_a_plain_server():
    with HoodiecrowServer(gmail_storage()) as server, session_with(server) as mailbox:
        assert not mailbox.quirks.labels
        _snapshot, headers, _bodies = read_everything(mailbox, b"INBOX")
        assert {header.gm_msgid for header in headers} == {None}
        with pytest.raises(FolderGone):
            mailbox.examine(b"nowhere")
