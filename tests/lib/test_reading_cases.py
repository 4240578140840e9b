"""Cases of docs/TESTING.md that no other file shows at the session."""

import pytest
from personalities import NetEase
from scripted_server import Folder, ImapBox, ScriptedServer

from lib.changes import Cursor, new_mail, rebased
from lib.errors import ConnectionLost, LoginRefused, Retry, SyncError
from lib.folders import Snapshot


def test_28_ten_thousand_folders_cost_one_round_trip(session):
    folders = {b"INBOX": Folder.of([1])} | {b"f/%d" % n: Folder() for n in range(10_000)}
    box = ImapBox(folders, capabilities=b"IMAP4rev1 LIST-STATUS LIST-EXTENDED SPECIAL-USE")
    with ScriptedServer(box) as server, session(server) as mailbox:
        assert len(mailbox.list_folders()) == 10_001
        before = len(server.commands)
        assert len(mailbox.status(list(folders))) == 10_001
        assert len(server.commands) == before + 1


def test_28_without_list_status_they_are_asked_for_together(session):
    folders = {b"f%d" % n: Folder() for n in range(1000)}
    with ScriptedServer(ImapBox(folders)) as server, session(server, status_batch=100) as mailbox:
        assert set(mailbox.status(list(folders))) == set(folders)


def test_31_uidvalidity_that_flips_back():
    cursor = Cursor(uidvalidity=5, uidnext=100, backfill_uid=1, backfilled=True)
    away = rebased(cursor, Snapshot(6, 50, 10, None))
    assert away == Cursor(6, 50, 50, False)
    back = rebased(away, Snapshot(5, 100, 99, None))
    assert back == Cursor(5, 100, 100, False)


@pytest.mark.parametrize("uidvalidity", [0, 7])
def test_31_a_missing_uidvalidity_is_one_like_any_other(uidvalidity):
    cursor = Cursor(uidvalidity, 10, 1, True)
    assert rebased(cursor, Snapshot(uidvalidity, 12, 5, None)) == cursor


def test_32_uidnext_falls():
    cursor = Cursor(7, 100, 1, True)
    assert rebased(cursor, Snapshot(7, 40, 39, None)) == Cursor(7, 40, 40, False)


def test_32_uidnext_absent(session):
    """The last message goes, and a new one comes: nothing is read twice, nothing is missed."""
    box = NetEase()
    messages = box.folders[b"INBOX"].messages
    with ScriptedServer(box) as server, session(server) as mailbox:
        cursor = rebased(Cursor(), mailbox.examine(b"INBOX"))
        assert cursor.uidnext == 22
        last = messages.pop()
        snapshot = mailbox.examine(b"INBOX")
        assert snapshot.uidnext == 14
        assert rebased(cursor, snapshot) == cursor
        last.uid = 30
        messages.append(last)
        snapshot = mailbox.examine(b"INBOX")
        assert rebased(cursor, snapshot) == cursor
        slices = list(new_mail(mailbox, cursor, snapshot, 10))
        assert [piece.uids for piece in slices] == [(30,)]
        assert slices[-1].cursor.uidnext == 31


def test_2_the_words_of_a_bye_while_bodies_come(session):
    def fetch(peer, _tag, _rest):
        peer.send(b"* BYE shutting down for repairs")
        peer.close()

    with ScriptedServer(ImapBox(hooks={b"UID FETCH": fetch})) as server, session(server) as mailbox:
        mailbox.examine(b"INBOX")
        with pytest.raises(ConnectionLost, match="shutting down for repairs"):
            list(mailbox.fetch_bodies({1: 10}))


@pytest.mark.parametrize(
    "words",
    [
        b"* BYE Session expired, please login again.",
        b"* BYE [UNAVAILABLE] Token has expired",
        b"* BYE [EXPIRED] session too old",
    ],
)
def test_37_a_session_that_is_over_says_nothing_about_the_password(session, words):
    """Gmail ends sessions after an hour or a day: the next one goes on."""

    def fetch(peer, _tag, _rest):
        peer.send(words)
        peer.close()

    box = ImapBox(hooks={b"UID FETCH": fetch})
    with ScriptedServer(box) as server:
        with session(server) as mailbox:
            mailbox.examine(b"INBOX")
            with pytest.raises(SyncError) as caught:
                mailbox.fetch_headers([1, 2])
        assert not isinstance(caught.value, LoginRefused)
        assert caught.value.retry is Retry.LATER
        box.hooks.clear()
        with session(server) as mailbox:
            mailbox.examine(b"INBOX")
            assert set(mailbox.fetch_headers([1, 2])) == {1, 2}
