"""A folder is known by its messages where its UIDVALIDITY says nothing."""

import datetime

import pytest
from scripted_server import Folder, ImapBox, Message, ScriptedServer

from lib.errors import CommandRefused
from lib.fingerprint import _MOST_MESSAGES

DAY = datetime.datetime(2024, 5, 1, tzinfo=datetime.timezone.utc)


def message(uid, size=10, days=0):
    return Message(uid, b"x" * size, date=DAY + datetime.timedelta(days=days))


def taken(session, messages, known="", fetch=None):
    box = ImapBox({b"INBOX": Folder(list(messages))})
    if fetch:
        box.hooks[b"FETCH"] = fetch
    with ScriptedServer(box) as server, session(server, window=3) as mailbox:
        mailbox.examine(b"INBOX")
        return mailbox.fingerprint(known)


SEVEN = [message(uid, size=uid) for uid in range(1, 8)]


def test_the_same_messages(session):
    known, begins = taken(session, SEVEN)
    assert (begins, known.partition(":")[0]) == (False, "7")
    assert taken(session, SEVEN, known) == (known, True)


@pytest.mark.parametrize("count", [0, 1, 3, 4, 6])
def test_new_messages_come_behind_the_known_ones(session, count):
    known, _begins = taken(session, SEVEN[:count])
    now, begins = taken(session, SEVEN, known)
    assert begins
    assert taken(session, SEVEN, now) == (now, True)


@pytest.mark.parametrize(
    "changed",
    [
        SEVEN[:6],
        SEVEN[1:],
        [*SEVEN[:3], *SEVEN[4:], message(8)],
        [*SEVEN[:6], message(8, size=7)],
        [*SEVEN[:6], message(7, size=8)],
        [*SEVEN[:6], message(7, size=7, days=1)],
        [message(0, size=1), *SEVEN],
        [],
    ],
    ids=["last", "first", "middle", "uid", "size", "date", "before", "all"],
)
def test_other_messages(session, changed):
    known, _begins = taken(session, SEVEN)
    assert taken(session, changed, known)[1] is False


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [b"* 1 FETCH (UID 1)"],
        [b"* 1 FETCH (UID 1 INTERNALDATE NIL RFC822.SIZE 1)"],
        [b"* 1 FETCH NIL"],
        [b"* 1 FETCH ("],
        [b'* 9 FETCH (UID 1 INTERNALDATE "x" RFC822.SIZE 1)'],
    ],
)
def test_no_fingerprint_where_a_message_is_missing(session, lines):
    def fetch(peer, tag, _rest):
        peer.send(*lines, tag + b" OK done")

    assert taken(session, SEVEN, "7:x", fetch) == ("", False)


def test_a_refusal(session):
    with pytest.raises(CommandRefused):
        taken(session, SEVEN, "", lambda peer, tag, _rest: peer.send(tag + b" NO not now"))


def test_a_message_that_came_while_the_folder_was_opened(session):
    """Where the end of the folder is worked out, it may lie behind what is compared."""
    box = ImapBox({b"INBOX": Folder(list(SEVEN))})

    usual = box._examine

    def examine(state, rest):
        usual(state, rest)
        return [b"* 6 EXISTS", b"* OK [UIDVALIDITY 3] ok"]

    box._examine = examine
    box.hooks[b"FETCH"] = lambda peer, tag, rest: (
        peer.send(b"* 7 FETCH (UID 7)", tag + b" OK done") if rest.startswith(b"*") else False
    )
    with ScriptedServer(box) as server, session(server) as mailbox:
        assert mailbox.examine(b"INBOX").uidnext == 8
        assert mailbox.fingerprint("") == ("", False)


def test_a_folder_too_large_to_be_compared(session):
    box = ImapBox({b"INBOX": Folder(list(SEVEN))})
    box.hooks[b"EXAMINE"] = lambda peer, tag, _rest: peer.send(
        b"* %d EXISTS" % (_MOST_MESSAGES + 1), b"* OK [UIDNEXT 900000] ok", tag + b" OK done"
    )
    with ScriptedServer(box) as server, session(server) as mailbox:
        mailbox.examine(b"INBOX")
        assert mailbox.fingerprint("") == ("", False)
        assert not any(b"FETCH" in command for command in server.commands)
