"""Folder lists, roles, states, and opening a folder."""

import pytest
from scripted_server import Folder, ImapBox, ScriptedServer

from lib.errors import (
    AnswerTooLarge,
    CommandRefused,
    FolderGone,
    ProtocolError,
    ServerUnavailable,
    Throttled,
)
from lib.folder_roles import role_by_name
from lib.session import FolderStatus, Snapshot


def answering(verb, *lines, result=b"OK done", capabilities=b"IMAP4rev1"):
    """A mailbox that answers ``verb`` with these lines."""

    def hook(peer, tag, _rest):
        peer.send(*lines, tag + b" " + result)

    return ImapBox(capabilities=capabilities, hooks={verb: hook})


def listed(session, *lines, **options):
    box = answering(b"LIST", *lines, **options)
    with ScriptedServer(box) as server, session(server) as mailbox:
        return mailbox.list_folders()


@pytest.mark.parametrize(
    ("line", "path", "raw", "delimiter"),
    [
        (b'* LIST () "/" INBOX', "INBOX", b"INBOX", "/"),
        (b'* LIST () "." "INBOX.Entw&APw-rfe"', "INBOX.Entwürfe", b"INBOX.Entw&APw-rfe", "."),
        (b'* LIST () "\\\\" "a\\\\b"', "a\\b", b"a\\b", "\\"),
        (b"* LIST () NIL Flat", "Flat", b"Flat", None),
        (b'* LIST () / "Sent Items"', "Sent Items", b"Sent Items", "/"),
        (b'* LIST () "/" {7}\r\na "b" c', 'a "b" c', b'a "b" c', "/"),
        (b'* LIST () "/" "a \\"b\\""', 'a "b"', b'a "b"', "/"),
        (b'* LIST () "/" not quoted', "not quoted", b"not quoted", "/"),
        (b'* LIST () "/" "x" ("CHILDINFO" ("SUBSCRIBED"))', "x", b"x", "/"),
        # case 25: malformed, upwards, from right to left
        (b'* LIST () "/" "&AAAA"', "&AAAA", b"&AAAA", "/"),
        (b'* LIST () "/" "../../etc/passwd"', "../../etc/passwd", b"../../etc/passwd", "/"),
        (b'* LIST () "/" "tab\tbell\x07"', "tab\\x09bell\\x07", b"tab\tbell\x07", "/"),
        (b'* LIST () "/" "&IC4-txt.exe"', "\\x202etxt.exe", b"&IC4-txt.exe", "/"),
        (b'* LIST () "/" "Gel\xc3\xb6scht"', "Gelöscht", b"Gel\xc3\xb6scht", "/"),
        (b'* LIST () "/" "Gel\xf6scht"', "Gel\ufffdscht", b"Gel\xf6scht", "/"),
    ],
)
def test_names(session, line, path, raw, delimiter):
    (folder,) = listed(session, line)
    assert (folder.path, folder.raw, folder.delimiter) == (path, raw, delimiter)
    assert folder.selectable


def test_a_malformed_line_costs_only_itself(session):
    lines = (
        b'* LIST () "/" "good"',
        b"* LIST",
        b"* LIST ((",
        b'* LIST () "/" ',
        b'* LIST () "/" ""',
        b'* LIST () "/" {4}\r\na\r\nb',
        b'* LIST () "/" {3}\r\nc\x00d',
        b'* LIST () "/" "also good"',
    )
    folders = listed(session, *lines)
    assert [folder.path for folder in folders] == ["good", "a\\x0d\\x0ab", "c\\x00d", "also good"]
    # Their names cannot be sent back.
    assert [folder.selectable for folder in folders] == [True, False, False, True]


def test_folders_listed_twice(session):
    folders = listed(
        session,
        b'* LIST (\\NoSelect) "/" "Inbox"',
        b'* LIST () "/" "INBOX"',
        b'* LIST (\\HasNoChildren) "/" "a"',
        b'* LIST (\\Sent) "/" "a"',
        b'* LIST (\\NoSelect) "/" "b"',
        b'* LIST (\\NoSelect) "/" "b"',
    )
    assert [(f.raw, f.role, f.selectable) for f in folders] == [
        (b"INBOX", "inbox", True),
        (b"a", "sent", True),
        (b"b", "other", False),
    ]


def test_a_list_that_ends_in_no_is_no_list(session):
    with pytest.raises(CommandRefused):
        listed(session, b'* LIST () "/" "INBOX"', result=b"NO half of it is missing")
    with pytest.raises(ServerUnavailable):
        listed(session, b'* LIST () "/" "INBOX"', result=b"NO [UNAVAILABLE] later")


def test_too_many_folders(session):
    box = answering(b"LIST", *(b'* LIST () "/" "f%d"' % n for n in range(50)))
    with ScriptedServer(box) as server, session(server, max_folders=40) as mailbox:
        with pytest.raises(AnswerTooLarge):
            mailbox.list_folders()


@pytest.mark.parametrize(
    ("attributes", "name", "role"),
    [
        (b"\\Sent", b"x", "sent"),
        (b"\\sent \\HasNoChildren", b"x", "sent"),
        (b"\\Drafts", b"x", "drafts"),
        (b"\\Trash", b"x", "trash"),
        (b"\\Junk", b"x", "junk"),
        (b"\\Archive", b"x", "archive"),
        (b"\\All", b"x", "all"),
        (b"\\Flagged", b"x", "other"),
        (b"\\Important", b"x", "other"),
        (b"", b"inbox", "inbox"),
        (b"", b"Sent Messages", "sent"),
        (b"", b"INBOX/Sent", "sent"),
    ],
)
def test_roles(session, attributes, name, role):
    (folder,) = listed(session, b'* LIST (%s) "/" "%s"' % (attributes, name))
    assert folder.role == role


def test_the_servers_own_mark_counts_more_than_a_name(session):
    folders = listed(
        session,
        b'* LIST () "/" "Sent Items"',
        b'* LIST (\\Sent) "/" "Verschickt"',
        b'* LIST () "/" "Trash"',
    )
    assert [folder.role for folder in folders] == ["other", "sent", "trash"]


def test_special_use_is_asked_for_where_it_can_be(session):
    box = answering(b"LIST", capabilities=b"IMAP4rev1 LIST-EXTENDED SPECIAL-USE")
    with ScriptedServer(box) as server, session(server) as mailbox:
        mailbox.list_folders()
        assert server.commands[-1] == b'LIST "" "*" RETURN (SPECIAL-USE)'


@pytest.mark.parametrize(
    ("path", "delimiter", "role"),
    [
        ("INBOX", "/", "inbox"),
        ("Sent", "/", "sent"),
        ("SENT ITEMS", "/", "sent"),
        ("INBOX.Sent", ".", "sent"),
        ("[Gmail]/Sent Mail", "/", "sent"),
        ("Gesendete Objekte", "/", "sent"),
        ("Gesendete Elemente", "/", "sent"),
        ("Éléments envoyés", "/", "sent"),
        ("E\u0301le\u0301ments envoye\u0301s", "/", "sent"),
        ("Enviados", "/", "sent"),
        ("Posta inviata", "/", "sent"),
        ("Отправленные", "/", "sent"),
        ("已发送", "/", "sent"),
        ("Entwürfe", "/", "drafts"),
        ("Brouillons", "/", "drafts"),
        ("Papierkorb", "/", "trash"),
        ("Deleted Messages", "/", "trash"),
        ("Корзина", "/", "trash"),
        ("Spam", "/", "junk"),
        ("Courrier indésirable", "/", "junk"),
        ("Archiv", "/", "archive"),
        ("[Gmail]/All Mail", "/", "all"),
        ("Projects/Sent", "/", None),
        ("Customers", "/", None),
        ("INBOX/Work", "/", None),
        ("Sent", None, "sent"),
    ],
)
def test_role_by_name(path, delimiter, role):
    assert role_by_name(path, delimiter) == role


# States

BOX = {b"INBOX": Folder.of([1, 2, 9]), b"Work &- Co": Folder.of([], uidvalidity=8)}
STATES = {
    b"INBOX": FolderStatus(uidvalidity=7, uidnext=10, messages=3, highestmodseq=None),
    b"Work &- Co": FolderStatus(uidvalidity=8, uidnext=1, messages=0, highestmodseq=None),
}


@pytest.mark.parametrize(
    ("capabilities", "commands"),
    [(b"IMAP4rev1", [b"STATUS", b"STATUS"]), (b"IMAP4rev1 LIST-STATUS", [b"LIST"])],
)
def test_states(session, capabilities, commands):
    with ScriptedServer(ImapBox(BOX, capabilities=capabilities)) as server:
        with session(server) as mailbox:
            before = len(server.commands)
            assert mailbox.status([b"Inbox", b"Work &- Co", b"a\r\nb"]) == {
                b"Inbox": STATES[b"INBOX"],
                b"Work &- Co": STATES[b"Work &- Co"],
            }
            assert [command.split()[0] for command in server.commands[before:]] == commands


def test_states_of_many_folders_are_asked_for_together(session):
    """Each burst is answered only after its last command came: one by one, this would never
    end.
    """
    folders = {b"f%d" % number: Folder.of([number + 1]) for number in range(25)}
    waiting = []

    def status(peer, tag, rest):
        waiting.append((tag, rest))
        if len(waiting) in (10, 20, 25):
            for tag, rest in waiting[-10 if len(waiting) < 25 else -5 :]:
                name = rest[1 : rest.index(b'"', 1)]
                peer.send(
                    b'* STATUS "%s" (MESSAGES 1 UIDVALIDITY 7 UIDNEXT 2)' % name, tag + b" OK"
                )

    with ScriptedServer(ImapBox(folders, hooks={b"STATUS": status})) as server:
        with session(server, status_batch=10, command_timeout=5) as mailbox:
            assert set(mailbox.status(folders)) == set(folders)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            [b'* STATUS "INBOX" (HIGHESTMODSEQ 9223372036854775807 MESSAGES 3 UIDVALIDITY 7)'],
            FolderStatus(7, None, 3, 2**63 - 1),
        ),
        ([b"* STATUS INBOX (uidnext 10 uidvalidity 7 messages 3)"], FolderStatus(7, 10, 3, None)),
        (
            [b"* STATUS {5}\r\nINBOX (UIDNEXT 10 UIDVALIDITY 7 MESSAGES 3)"],
            FolderStatus(7, 10, 3, None),
        ),
        ([b"* STATUS INBOX (MESSAGES 3)"], FolderStatus(0, None, 3, None)),
        (
            [b"* STATUS INBOX (MESSAGES 3 HIGHESTMODSEQ 0 UIDVALIDITY -1)"],
            FolderStatus(0, None, 3, None),
        ),
        ([b"* STATUS INBOX (UIDNEXT 10)"], None),
        ([b"* STATUS INBOX"], None),
        ([b"* STATUS INBOX (("], None),
        ([b"* STATUS"], None),
        ([b"* STATUS Other (MESSAGES 3 UIDVALIDITY 7 UIDNEXT 10)"], None),
        ([], None),
    ],
)
def test_odd_states(session, lines, expected):
    with ScriptedServer(answering(b"STATUS", *lines)) as server, session(server) as mailbox:
        assert mailbox.status([b"INBOX"]).get(b"INBOX") == expected


def test_a_refused_state_is_a_folder_that_is_gone(session):
    with ScriptedServer(answering(b"STATUS", result=b"NO no such thing")) as server:
        with session(server) as mailbox:
            assert mailbox.status([b"INBOX"]) == {}


@pytest.mark.parametrize("capabilities", [b"IMAP4rev1", b"IMAP4rev1 LIST-STATUS"])
def test_throttled_states(session, capabilities):
    text = b"BAD Request is throttled. Suggested Backoff Time: 5000 milliseconds"
    verb = b"LIST" if b"LIST" in capabilities else b"STATUS"
    with ScriptedServer(answering(verb, result=text, capabilities=capabilities)) as server:
        with session(server) as mailbox, pytest.raises(Throttled) as caught:
            mailbox.status([b"INBOX"])
    assert caught.value.retry_after == 5


# Both at once


@pytest.mark.parametrize(
    ("capabilities", "listed", "commands"),
    [
        (b"IMAP4rev1", False, [b"STATUS"]),
        (b"IMAP4rev1", True, [b"LIST", b"STATUS", b"STATUS"]),
        (b"IMAP4rev1 LIST-STATUS", False, [b"LIST"]),
        (b"IMAP4rev1 LIST-EXTENDED SPECIAL-USE LIST-STATUS", True, [b"LIST"]),
    ],
)
def test_survey(session, capabilities, listed, commands):
    with ScriptedServer(ImapBox(BOX, capabilities=capabilities)) as server:
        with session(server) as mailbox:
            before = len(server.commands)
            folders, states = mailbox.survey([b"INBOX"], listed=listed)
            assert [command.split()[0] for command in server.commands[before:]] == commands
            all_folders = mailbox.list_folders()
    with_list = listed or b"LIST-STATUS" in capabilities
    assert folders == (all_folders if with_list else None)
    wanted = [folder.raw for folder in all_folders] if with_list else [b"INBOX"]
    assert states == {raw: STATES[raw] for raw in wanted}


@pytest.mark.parametrize("capabilities", [b"IMAP4rev1", b"IMAP4rev1 LIST-STATUS"])
def test_case_27_survey_whose_list_ends_in_no(session, capabilities):
    """No list is known then, and the folders that are known can be read all the same."""
    box = ImapBox(BOX, capabilities=capabilities)
    box.hooks[b"LIST"] = lambda peer, tag, _: peer.send(
        b'* LIST () "/" INBOX', b"* STATUS INBOX (MESSAGES 0)", tag + b" NO that was not all"
    )
    with ScriptedServer(box) as server, session(server) as mailbox:
        folders, states = mailbox.survey([b"INBOX"], listed=True)
    assert folders is None
    assert states == {b"INBOX": STATES[b"INBOX"]}


def test_mailbox_ids(session):
    lines = [b"* STATUS INBOX (MESSAGES 3 UIDVALIDITY 7 UIDNEXT 10 MAILBOXID (F2212ea87))"]
    box = answering(b"STATUS", *lines, capabilities=b"IMAP4rev1 OBJECTID")
    with ScriptedServer(box) as server, session(server) as mailbox:
        assert mailbox.status([b"INBOX"])[b"INBOX"].mailbox_id == "F2212ea87"
        assert b"MAILBOXID" in server.commands[-1]


# Opening


def test_examine(session):
    with ScriptedServer(ImapBox(BOX)) as server, session(server) as mailbox:
        assert mailbox.examine(b"INBOX") == Snapshot(7, 10, 3, None)
        assert mailbox.examine(b"Work &- Co") == Snapshot(8, 1, 0, None)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            [
                b"* 3 EXISTS",
                b"* OK [UIDVALIDITY 7] x",
                b"* OK [UIDNEXT 10]",
                b"* OK [HIGHESTMODSEQ 5] y",
            ],
            (7, 10, 3, 5),
        ),
        (
            [b"* 3 EXISTS", b"* OK [UIDVALIDITY 7]", b"* OK [UIDNEXT 10]", b"* OK [NOMODSEQ] no"],
            (7, 10, 3, None),
        ),
        ([b"* 3 EXISTS", b"* OK [UIDNEXT 10]"], (0, 10, 3, None)),
        # 163 and 126: worked out from the last message
        ([b"* 3 EXISTS", b"* OK [UIDVALIDITY 7]"], (7, 10, 3, None)),
        ([b"* 0 EXISTS", b"* OK [UIDVALIDITY 7]"], (7, 1, 0, None)),
        (
            [b"* 2 EXISTS", b"* 3 EXISTS", b"* OK [UIDVALIDITY 7]", b"* OK [UIDNEXT 10]"],
            (7, 10, 3, None),
        ),
    ],
)
def test_snapshots(session, lines, expected):
    box = ImapBox(BOX)

    def examine(peer, tag, rest):
        peer.send(*lines, tag + b" OK [READ-ONLY] done")

    box.hooks = {
        b"EXAMINE": examine,
        b"FETCH": lambda peer, tag, _: peer.send(b"* 3 FETCH (UID 9)", tag + b" OK"),
    }
    with ScriptedServer(box) as server, session(server) as mailbox:
        assert mailbox.examine(b"INBOX") == Snapshot(*expected)


@pytest.mark.parametrize(
    ("lines", "result", "expected"),
    [
        ([], b"NO [NONEXISTENT] Unknown Mailbox", FolderGone),
        ([], b"NO somehow not", FolderGone),
        ([], b"NO [UNAVAILABLE] later", ServerUnavailable),
        ([b"* OK [UIDVALIDITY 7]"], b"OK done", ProtocolError),
    ],
)
def test_folders_that_cannot_be_opened(session, lines, result, expected):
    box = answering(b"EXAMINE", *lines, result=result)
    with ScriptedServer(box) as server, session(server) as mailbox:
        with pytest.raises(expected) as caught:
            mailbox.examine(b"INBOX")
        assert type(caught.value) is expected
        with pytest.raises(FolderGone):
            mailbox.uids_from(1, 10)


@pytest.mark.parametrize("name", [b"a\r\nm9 DELETE INBOX", b"a\nb", b"a\0b"])
def test_line_breaks_in_names_are_never_sent(session, name):
    with ScriptedServer(ImapBox()) as server, session(server) as mailbox:
        before = len(server.lines)
        with pytest.raises(CommandRefused):
            mailbox.examine(name)
        assert len(server.lines) == before
        assert mailbox.list_folders()
