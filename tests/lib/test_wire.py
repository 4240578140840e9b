"""One connection to a server that keeps to no rule."""

import pytest
from scripted_server import Folder, ImapBox, ScriptedServer

from lib.errors import (
    AnswerTooLarge,
    ConnectionLost,
    ConnectionTimeout,
    NotImap,
    ProtocolError,
    ServerUnavailable,
    TooManyConnections,
)

GREETING = b"* OK [CAPABILITY IMAP4rev1] ready"
LOGGED_IN = b"TAG OK [CAPABILITY IMAP4rev1] in"


def after_login(*answers, then=None):
    """A script that lets in and then answers the next command with ``answers``."""

    def script(peer):
        peer.send(GREETING)
        peer.expect(b"LOGIN", LOGGED_IN)
        tag, _, _ = peer.read_command()
        peer.send_raw(b"".join(answers).replace(b"TAG", tag))
        if then:
            then(peer)

    return script


def wait(peer):
    peer.wait_for_end()


@pytest.mark.parametrize(
    ("script", "expected", "text"),
    [
        (lambda peer: peer.send(b"220 smtp.example.com ESMTP"), NotImap, "220 smtp"),
        (lambda peer: peer.send(b"+OK POP3 ready"), NotImap, "POP3"),
        (lambda peer: peer.send(b"HTTP/1.1 400 Bad Request", b""), NotImap, "HTTP"),
        (lambda peer: peer.send_raw(b"\x15\x03\x01\x00\x02\x02\x0a"), NotImap, ""),
        (lambda peer: peer.send(b"* NO not today"), NotImap, "not today"),
        (lambda peer: peer.send(b"* 5 EXISTS"), NotImap, "EXISTS"),
        (lambda peer: peer.send(b"* BYE Too many connections"), TooManyConnections, "Too many"),
        (lambda peer: peer.send(b"* BYE [UNAVAILABLE] later"), ServerUnavailable, "later"),
        (lambda peer: peer.send(b"* BYE go away"), ConnectionLost, "go away"),
        (lambda peer: None, ConnectionLost, ""),
        (wait, ConnectionTimeout, ""),
        (lambda peer: peer.drip(b"* ", 0.02), ConnectionTimeout, ""),
    ],
)
def test_greetings(session, script, expected, text):
    with ScriptedServer(script) as server, pytest.raises(expected) as caught:
        session(server, connect_timeout=0.4).open()
    assert type(caught.value) is expected
    assert text in caught.value.detail


@pytest.mark.parametrize("verb", [b"CAPABILITY", b"LOGIN", b"ID"])
def test_a_server_that_is_always_just_in_time(session, verb):
    """Each answer comes within its own limit, and all together never end."""

    def never(peer, _tag, _rest):
        peer.drip(b"* OK still here\r\n", 0.01)

    box = ImapBox(capabilities=b"IMAP4rev1 ID", hooks={verb: never})
    with ScriptedServer(box) as server, pytest.raises(ConnectionTimeout):
        session(server, connect_timeout=0.4, open_timeout=0.4).open()


def test_a_session_ends_some_day(session):
    """However fast each answer comes."""
    with ScriptedServer(ImapBox()) as server:
        with session(server, session_timeout=0.3) as mailbox, pytest.raises(ConnectionTimeout):
            while True:
                mailbox.list_folders()


@pytest.mark.parametrize(
    ("answers", "then", "expected"),
    [
        # case 1: the end inside a line, inside a literal, between lines
        ([b"* LIST () "], None, ConnectionLost),
        ([b'* LIST () "/" {100}\r\nINB'], None, ConnectionLost),
        ([b'* LIST () "/" INBOX\r\n'], None, ConnectionLost),
        # case 2: BYE during a command
        ([b"* BYE shutting down\r\n"], None, ConnectionLost),
        ([b"* BYE shutting down\r\nTAG OK done\r\n"], wait, ConnectionLost),
        # case 6 and 7: silence, one byte at a time
        ([], wait, ConnectionTimeout),
        ([b'* LIST () "/" {10}\r\nINB'], wait, ConnectionTimeout),
        ([], lambda peer: peer.drip(b"* OK still here\r\n", 0.02), ConnectionTimeout),
        # case 5: refused before reading
        ([b'* LIST () "/" {8589934592}\r\n'], wait, AnswerTooLarge),
        ([b'* LIST () "/" {' + b"9" * 5000 + b"}\r\n"], wait, AnswerTooLarge),
        # no end of a line, of lines, of small literals
        ([b"* LIST () " + b"x" * 200_000], wait, AnswerTooLarge),
        ([b'* LIST () "/" a\r\n' * 2000], wait, AnswerTooLarge),
        ([b'* LIST () "/" {90000}\r\n' + b"x" * 90000 + b"\r\n"] * 20, wait, AnswerTooLarge),
        ([b'* LIST () "/" ' + b"{1}\r\nx" * 2000 + b"\r\n"], wait, AnswerTooLarge),
        # what is no answer at all
        ([b"hello\r\n"], wait, ProtocolError),
        ([b"* \r\n"], wait, ProtocolError),
        ([b"\r\n"], wait, ProtocolError),
        ([b"zz9 OK done\r\n"], wait, ProtocolError),
        ([b"TAG MAYBE\r\n"], wait, ProtocolError),
        ([b"+ go on\r\n"], wait, ProtocolError),
        ([b"\x00\xff\xfe\r\n"], wait, ProtocolError),
    ],
)
def test_the_connection_is_given_up(session, answers, then, expected):
    bounds = {"command_timeout": 0.5, "max_line": 100_000, "max_literal": 100_000}
    with ScriptedServer(after_login(*answers, then=then)) as server:
        mailbox = session(server, max_answers=1000, max_answer_bytes=1_000_000, **bounds)
        mailbox.open()
        with pytest.raises(expected) as caught:
            mailbox.list_folders()
        assert type(caught.value) is expected
        with pytest.raises(ConnectionLost):
            mailbox.list_folders()
        mailbox.close()


def test_the_text_of_a_bye_is_the_cause_shown(session):
    with ScriptedServer(after_login(b"* BYE Server shutting down.\r\n")) as server:
        with session(server) as mailbox, pytest.raises(ConnectionLost) as caught:
            mailbox.list_folders()
    assert caught.value.detail == "Server shutting down."


@pytest.mark.parametrize(
    "answers",
    [
        [b'* LIST () "/" INBOX\r\n', b"TAG OK\r\n"],
        [b'* LIST () "/" INBOX\r\n', b"TAG OK \r\n"],
        [b'* LIST () "/" INBOX\n', b"TAG OK LF only\n"],
        [b"* OK\r\n", b'* list () "/" INBOX\r\n', b"* 3 EXISTS\r\n", b"TAG ok done\r\n"],
        [b"* OK [ALERT] news\r\n* XTHING [(\r\n", b'* LIST () "/" {5}\r\nINBOX\r\nTAG OK done\r\n'],
        [
            b"* NO [ALERT] disk nearly full\r\n* BAD hm\r\n",
            b'* LIST () "/" {5+}\r\nInbox\r\nTAG OK\r\n',
        ],
    ],
)
def test_tolerated(session, answers):
    with ScriptedServer(after_login(*answers)) as server, session(server) as mailbox:
        assert [folder.raw for folder in mailbox.list_folders()] == [b"INBOX"]


def test_a_search_of_150000_messages(session):
    def search(peer, tag, _rest):
        numbers = range(1, 150_001)
        half = len(numbers) // 2
        for part in (numbers[half:], numbers[:half]):
            peer.send(b"* SEARCH " + b" ".join(b"%010d" % number for number in part))
        peer.send(tag + b" OK done")

    import datetime

    box = ImapBox({b"INBOX": Folder.of([4_000_000_000])}, hooks={b"SEARCH": search})
    with ScriptedServer(box) as server, session(server) as mailbox:
        mailbox.examine(b"INBOX")
        assert mailbox.first_uid_since(datetime.date(2024, 1, 1)) == 4_000_000_000


def test_closing_does_not_wait_for_a_hanging_server(session):
    with ScriptedServer(ImapBox(hooks={b"LOGOUT": lambda peer, *_: peer.wait_for_end()})) as server:
        mailbox = session(server, close_timeout=0.1)
        mailbox.open()
        mailbox.close()
        mailbox.close()
        assert server.commands[-1] == b"LOGOUT"
    with pytest.raises(ConnectionLost):
        mailbox.list_folders()


def test_throttling_of_what_still_worked_is_noted(session):
    answers = [b'* LIST () "/" INBOX\r\n', b"TAG OK [THROTTLED] Success\r\n"]
    with ScriptedServer(after_login(*answers)) as server, session(server) as mailbox:
        assert mailbox.slow_down is None
        mailbox.list_folders()
        assert mailbox.slow_down.code == "throttled"
