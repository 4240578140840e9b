"""The whole read path against every personality, and what is special about each (lib/quirks.py)."""

import datetime

import pytest
from number_set import NumberSet
from personalities import PERSONALITIES, UIDS, Exchange, Gmail, NetEase, Yahoo, mail
from scripted_server import Folder, Message, ScriptedServer

from lib.errors import (
    AnswerTooLarge,
    AppPasswordNeeded,
    FolderGone,
    MessageUnreadable,
    ServerUnavailable,
    Throttled,
)
from lib.folder_roles import roles_by_default
from lib.quirks import Hello, Quirks, quirks_of
from lib.search import Query

ROLES = {
    "dovecot": {"INBOX": "inbox", "Sent": "sent", "Archive": "archive"},
    "gmail": {
        "INBOX": "inbox", "Kunden/Müller": "other", "[Gmail]/Alle Nachrichten": "all",
        "[Gmail]/Entwürfe": "drafts", "[Gmail]/Gesendet": "sent", "[Gmail]/Markiert": "other",
        "[Gmail]/Papierkorb": "trash", "[Gmail]/Spam": "junk", "[Gmail]/Wichtig": "other",
    },
    "microsoft 365": {
        "INBOX": "inbox", "Calendar": "other", "Sent Items": "sent", "Deleted Items": "trash",
        "Junk Email": "junk",
    },
    "icloud": {
        "INBOX": "inbox", "Sent Messages": "sent", "Deleted Messages": "trash", "Junk": "junk",
    },
    "yahoo": {"INBOX": "inbox", "Sent": "sent", "Bulk": "junk", "Trash": "trash"},
    "courier": {
        "INBOX": "inbox", "INBOX.Sent": "sent", "INBOX.Drafts": "drafts", "INBOX.Trash": "trash",
    },
    "163": {
        "INBOX": "inbox", "草稿箱": "drafts", "已发送": "sent", "已删除": "trash",
        "垃圾邮件": "junk",
    },
    "cyrus": {"INBOX": "inbox", "INBOX.Sent": "sent"},
    "zoho": {"INBOX": "inbox", "Sent": "sent", "Spam": "junk"},
    "proton": {
        "INBOX": "inbox", "All Mail": "all", "Folders/Clients": "other", "Labels/Sent": "other",
        "Sent": "sent",
    },
}  # fmt: skip
ROLES["exchange"] = ROLES["microsoft 365"]
DAY = datetime.date(2024, 1, 1)


@pytest.mark.parametrize("name", PERSONALITIES)
def test_the_whole_read_path(session, name):
    with ScriptedServer(PERSONALITIES[name]()) as server, session(server) as mailbox:
        folders = [folder for folder in mailbox.list_folders() if folder.selectable]
        assert {folder.path: folder.role for folder in folders} == ROLES[name]
        assert [folder.path for folder in folders] == list(
            dict.fromkeys(folder.path for folder in folders)
        )
        states = mailbox.status([folder.raw for folder in folders])
        assert set(states) == {folder.raw for folder in folders} - {b"Calendar"}
        assert states[b"INBOX"].messages == len(UIDS)
        assert states[b"INBOX"].uidvalidity == 7
        assert states[b"INBOX"].uidnext == (None if name == "163" else UIDS[-1] + 1)
        snapshot = mailbox.examine(b"INBOX")
        assert (snapshot.uidvalidity, snapshot.uidnext, snapshot.exists) == (7, 22, 6)
        # new mail
        assert mailbox.uids_from(8, 10) == [8, 13, 21]
        assert mailbox.uids_from(22, 10) == []
        # past mail
        assert mailbox.uids_below(22, 4) == [21, 13, 8, 5]
        assert mailbox.uids_below(5, 4) == [3, 2]
        assert mailbox.first_uid_since(DAY) == 2
        assert mailbox.first_uid_since(DAY + datetime.timedelta(days=1)) is None
        headers = mailbox.fetch_headers(UIDS)
        assert sorted(headers) == list(UIDS)
        assert all(b"a%d@x.example" % uid in header.header for uid, header in headers.items())
        bodies = dict(mailbox.fetch_bodies(headers.values()))
    assert bodies == {uid: mail(uid) for uid in UIDS}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("dovecot", Quirks()),
        ("gmail", Quirks(("gmail",), labels=True)),
        ("microsoft 365", Quirks(("exchange",), unavailable_is_local=True)),
        ("exchange", Quirks(("exchange",), unavailable_is_local=True)),
        ("icloud", Quirks(("icloud",), hidden=frozenset({"QRESYNC"}))),
        ("yahoo", Quirks(("yahoo",), message_limit=1000, hidden=frozenset({"ESEARCH"}))),
        ("courier", Quirks()),
        ("163", Quirks(("netease",), needs_id=True, hidden=frozenset({"IDLE"}))),
        ("cyrus", Quirks(("cyrus",), hidden=frozenset({"OBJECTID"}))),
        ("zoho", Quirks()),
        ("proton", Quirks(("proton",), copies=(b"Labels/", b"All Mail"))),
    ],
)
def test_switches(session, name, expected):
    with ScriptedServer(PERSONALITIES[name]()) as server, session(server) as mailbox:
        assert mailbox.quirks == expected
        assert not mailbox.capabilities & expected.hidden


def test_servers_of_two_makes_have_the_switches_of_both():
    hello = Hello("Coremail ready", frozenset({"X-APPLE-X", "MESSAGELIMIT=5"}), {})
    assert quirks_of(hello) == Quirks(
        ("icloud", "yahoo", "netease"),
        hidden=frozenset({"QRESYNC", "ESEARCH", "IDLE"}),
        partial_view=True,
        message_limit=5,
        needs_id=True,
    )


@pytest.mark.parametrize(
    "word", ["MESSAGELIMIT", "MESSAGELIMIT=", "MESSAGELIMIT=x", "MESSAGELIMIT=0"]
)
def test_a_limit_that_is_none(word):
    assert quirks_of(Hello("ready", frozenset({word}), {})) == Quirks()


@pytest.mark.parametrize(
    "answer", [b"* ID", b"* ID NIL", b"* ID (", b'* ID ("name")', b"* ID 5", b"* ID ((1 2) 3)"]
)
def test_an_odd_answer_to_id_costs_nothing(session, answer):
    box = PERSONALITIES["dovecot"]()
    box.hooks[b"ID"] = lambda peer, tag, _rest: peer.send(answer, tag + b" OK done")
    with ScriptedServer(box) as server, session(server) as mailbox:
        assert mailbox.quirks == Quirks()
        assert mailbox.list_folders()


# Gmail


@pytest.mark.parametrize(
    ("labels", "decoded", "is_sent", "is_draft"),
    [
        (b"", (), False, False),
        (b'"\\\\Inbox" "\\\\Important" Kunden', ("\\Inbox", "\\Important", "Kunden"), False, False),
        (b'"\\\\Sent" "Kunden/M&APw-ller"', ("\\Sent", "Kunden/Müller"), True, False),
        (b"\\Sent \\Inbox", ("\\Sent", "\\Inbox"), True, False),
        (b'"\\\\Draft" 2024', ("\\Draft", "2024"), False, True),
        (b"\\Drafts", ("\\Drafts",), False, True),
        (b"{7}\r\nGr\xc3\xbc\xc3\x9fe Sent", ("Grüße", "Sent"), False, False),
    ],
)
def test_gmail_labels(session, labels, decoded, is_sent, is_draft):
    box = Gmail()
    box.folders[b"INBOX"].messages[0].gm_labels = labels
    with ScriptedServer(box) as server, session(server) as mailbox:
        mailbox.examine(b"INBOX")
        header = mailbox.fetch_headers([2])[2]
    assert header.gm_labels == decoded
    assert header.gm_msgid == 1278455344230334867
    assert (header.is_sent, header.is_draft) == (is_sent, is_draft)


def test_labels_come_with_changes(session):
    """A label that changes raises the MODSEQ of a message in All Mail."""
    box = Gmail()
    box.hooks[b"UID FETCH"] = lambda peer, tag, _rest: peer.send(
        b'* 1 FETCH (UID 2 X-GM-LABELS ("\\\\Sent" {7}\r\nGr\xc3\xbc\xc3\x9fe "(a)") FLAGS (\\Seen))',
        b"* 2 FETCH (UID 3 X-GM-LABELS () MODSEQ (9) FLAGS ())",
        b"* 3 FETCH (FLAGS (\\Seen))",
        b"* 4 FETCH (X-GM-LABELS (a) UID",
        tag + b" OK done",
    )
    with ScriptedServer(box) as server, session(server) as mailbox:
        mailbox.examine(b"INBOX")
        (changes,) = mailbox.changes_since(5)
        (listed, *_rest) = mailbox.listing(flags=True)
    assert changes.flags == {2: ("\\Seen",), 3: ()}
    assert changes.labels == {2: ("\\Sent", "Grüße", "(a)"), 3: ()}
    assert listed.labels == dict.fromkeys(UIDS, ())
    asked = [command for command in server.commands if b"CHANGEDSINCE" in command]
    assert asked == [b"UID FETCH 1:4294967295 (UID FLAGS X-GM-LABELS) (CHANGEDSINCE 5)"]


def test_only_gmail_is_asked_for_labels(session):
    with ScriptedServer(PERSONALITIES["dovecot"]()) as server, session(server) as mailbox:
        mailbox.examine(b"INBOX")
        header = mailbox.fetch_headers([2])[2]
        assert set(mailbox.present([2, 3])) == {2, 3}
    assert (header.gm_msgid, header.gm_labels) == (None, ())
    assert not any(b"X-GM" in command for command in server.commands)


@pytest.mark.parametrize(
    ("hidden", "expected"),
    [(False, ["[Gmail]/Alle Nachrichten"]), (True, ["INBOX", "[Gmail]/Gesendet"])],
)
def test_what_is_synced_of_gmail_unless_somebody_chooses(session, hidden, expected):
    with ScriptedServer(Gmail(hide_all_mail=hidden)) as server, session(server) as mailbox:
        folders = [folder for folder in mailbox.list_folders() if folder.selectable]
        roles = roles_by_default({folder.role for folder in folders}, mailbox.quirks.labels)
    assert [folder.path for folder in folders if folder.role in roles] == expected
    assert [folder.path for folder in folders if folder.is_copy] == [
        "[Gmail]/Markiert",
        "[Gmail]/Wichtig",
    ]


def test_copies_of_proton(session):
    with ScriptedServer(PERSONALITIES["proton"]()) as server, session(server) as mailbox:
        folders = mailbox.list_folders()
        roles = roles_by_default({folder.role for folder in folders}, mailbox.quirks.labels)
    assert [folder.path for folder in folders if folder.is_copy] == ["All Mail", "Labels/Sent"]
    assert [folder.path for folder in folders if folder.role in roles] == ["INBOX", "Sent"]


# Exchange


def test_a_folder_that_exchange_cannot_show_costs_only_itself(session):
    with ScriptedServer(PERSONALITIES["exchange"]()) as server, session(server) as mailbox:
        with pytest.raises(FolderGone):
            mailbox.examine(b"Calendar")
        assert mailbox.examine(b"INBOX").exists == 6


def test_an_exchange_that_shows_no_folder_is_unavailable(session):
    box = PERSONALITIES["exchange"]()
    box.hooks[b"STATUS"] = lambda peer, tag, _rest: peer.send(tag + b" NO Server Unavailable. 15")
    with ScriptedServer(box) as server, session(server) as mailbox:
        with pytest.raises(ServerUnavailable):
            mailbox.status([b"INBOX", b"Sent Items"])


def test_other_servers_mean_it(session):
    box = PERSONALITIES["dovecot"]()
    box.hooks[b"EXAMINE"] = lambda peer, tag, _rest: peer.send(tag + b" NO Server Unavailable. 15")
    with ScriptedServer(box) as server, session(server) as mailbox:
        with pytest.raises(ServerUnavailable):
            mailbox.examine(b"INBOX")


def test_a_message_that_exchange_cannot_convert_costs_only_itself(session):
    with (
        ScriptedServer(Exchange(b"IMAP4rev1", odd_uids=(5,))) as server,
        session(server) as mailbox,
    ):
        mailbox.examine(b"INBOX")
        bodies = dict(mailbox.fetch_bodies(dict.fromkeys(UIDS, 100)))
    assert isinstance(bodies.pop(5), MessageUnreadable)
    assert bodies == {uid: mail(uid) for uid in UIDS if uid != 5}


@pytest.mark.parametrize("last_words", [b"* BYE Server Unavailable. 15", b"Server Unavailable. 15"])
def test_a_message_at_which_exchange_hangs_up(session, last_words):
    box = Exchange(b"IMAP4rev1")

    def hook(peer, _tag, rest):
        if b"BODY.PEEK[]" not in rest or 5 not in NumberSet(rest.split()[0]):
            return False
        peer.send(last_words)
        return peer.close()

    box.hooks[b"UID FETCH"] = hook
    with ScriptedServer(box) as server, session(server) as mailbox:
        mailbox.examine(b"INBOX")
        bodies = dict(mailbox.fetch_bodies(dict.fromkeys(UIDS, 100)))
        assert isinstance(bodies.pop(5), MessageUnreadable)
        assert bodies == {uid: mail(uid) for uid in UIDS if uid != 5}


def test_microsoft_tells_how_long_to_wait(session):
    box = PERSONALITIES["microsoft 365"]()
    text = b" BAD Request is throttled. Suggested Backoff Time: 90500 milliseconds"
    box.hooks[b"UID FETCH"] = lambda peer, tag, _rest: peer.send(tag + text)
    with ScriptedServer(box) as server, session(server) as mailbox:
        mailbox.examine(b"INBOX")
        with pytest.raises(Throttled) as caught:
            mailbox.fetch_headers([2])
    assert caught.value.retry_after == 90.5


# Yahoo, 163


def large(**options):
    box = Yahoo(limit=50, **options)
    box.folders[b"INBOX"] = Folder([Message(uid, mail(uid)) for uid in range(3, 603, 3)])
    return box


@pytest.mark.parametrize("partial", [b"", b" PARTIAL"], ids=["by number", "by UID alone"])
def test_no_command_is_about_more_messages_than_yahoo_allows(session, partial):
    with ScriptedServer(large(partial=partial)) as server, session(server) as mailbox:
        assert mailbox.examine(b"INBOX").exists == 200
        assert mailbox.uids_below(10_000, 150) == list(range(600, 150, -3))
        assert mailbox.uids_below(10_000, 150, 500) == list(range(600, 500, -3))
        assert mailbox.uids_from(150, 120) == list(range(150, 510, 3))
        assert mailbox.count_from(150) == 151
        assert mailbox.first_uid_since(DAY) == 3
        assert len(mailbox.fetch_headers(range(3, 603, 3))) == 200
        assert len(dict(mailbox.fetch_bodies(dict.fromkeys(range(3, 603, 3), 100)))) == 200
        assert set(mailbox.present(range(1, 603))) == set(range(3, 603, 3))
        for flags in (False, True):
            parts = list(mailbox.listing(flags=flags))
            assert sum(part.uids.count() for part in parts) == 200
            assert len({uid for part in parts for uid in part.flags}) == 200 * flags
            spans = sorted((part.low, part.high) for part in parts)
            assert (spans[0][0], spans[-1][1]) == (1, 4_294_967_295)
            assert all(one[1] + 1 == two[0] for one, two in zip(spans, spans[1:], strict=False))
        newest = [part for part in mailbox.listing(flags=True, last=70)]
        assert sorted(uid for part in newest for uid in part.flags) == list(range(393, 603, 3))


def test_all_of_a_large_folder_is_seen_at_yahoo(session):
    """Its newest messages only are shown to those who use message numbers (RFC 9586 does without)."""
    with ScriptedServer(large(visible=80)) as server, session(server) as mailbox:
        assert not mailbox.quirks.partial_view
        assert mailbox.status([b"INBOX"])[b"INBOX"].messages == 200
        assert mailbox.examine(b"INBOX").exists == 200
        assert mailbox.uids_below(10_000, 500) == list(range(600, 0, -3))
        assert mailbox.search(Query(subject="x"), 10) == []
        assert mailbox.fingerprint() == ("", False)
        enabled = server.commands.index(b"ENABLE UIDONLY")
    assert not any(command.startswith((b"FETCH", b"SEARCH")) for command in server.commands)
    assert enabled < server.commands.index(b'EXAMINE "INBOX"')


@pytest.mark.parametrize("way", ["no PARTIAL", "refused", "not enabled"])
def test_a_yahoo_that_stays_with_its_newest_messages(session, way):
    box = large(visible=80, partial=b"" if way == "no PARTIAL" else b" PARTIAL")
    if way == "refused":
        box.hooks[b"ENABLE"] = lambda peer, tag, _rest: peer.send(tag + b" BAD no")
    if way == "not enabled":
        box.hooks[b"ENABLE"] = lambda peer, tag, _rest: peer.send(tag + b" OK well")
    with ScriptedServer(box) as server, session(server) as mailbox:
        assert mailbox.quirks.partial_view
        assert mailbox.examine(b"INBOX").exists == 80
        assert mailbox.uids_below(10_000, 500) == list(range(600, 360, -3))


def test_only_a_server_that_hides_messages_is_asked_by_uid_alone(session):
    box = PERSONALITIES["dovecot"]()
    box.capabilities += b" UIDONLY PARTIAL"
    with ScriptedServer(box) as server, session(server) as mailbox:
        mailbox.examine(b"INBOX")
    assert b"ENABLE UIDONLY" not in server.commands


def test_a_server_whose_pages_never_end(session):
    box = large()
    box.hooks[b"UID FETCH"] = lambda peer, tag, rest: peer.send(
        *(
            b"* %d UIDFETCH ()" % uid
            for uid in range(
                int(rest.split()[0].split(b":")[1]) - 40, int(rest.split()[0].split(b":")[1])
            )
        ),
        tag + b" OK done",
    )
    with ScriptedServer(box) as server, session(server) as mailbox:
        mailbox.examine(b"INBOX")
        with pytest.raises(AnswerTooLarge):
            mailbox.first_uid_since(DAY)
        with pytest.raises(AnswerTooLarge):
            list(mailbox.listing(flags=False))


def test_vanished_by_uid_alone(session):
    box = large()
    with ScriptedServer(box) as server, session(server) as mailbox:
        mailbox.examine(b"INBOX")
        usual = box._records

        def going(state, rest, by_uid):
            return [b"* VANISHED 30,33", *usual(state, rest, by_uid)]

        box._records = going
        mailbox.fetch_headers([3])
        assert list(mailbox.vanished()) == [(30, 30), (33, 33)]


def test_163_is_told_our_name_even_where_it_does_not_ask(session):
    with ScriptedServer(NetEase(b"IMAP4rev1")) as server, session(server) as mailbox:
        assert mailbox.examine(b"INBOX").uidnext == 22
    box = NetEase(b"IMAP4rev1")
    box.greeting = b"* OK ready"
    with ScriptedServer(box) as server, session(server) as mailbox:
        with pytest.raises(AppPasswordNeeded):
            mailbox.examine(b"INBOX")
