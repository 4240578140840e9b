"""Windows of UIDs: dense, sparse, huge, and while messages come and go."""

import datetime
import random
import tracemalloc

import pytest
from scripted_server import Folder, ImapBox, Message, ScriptedServer

from lib.errors import ProtocolError, ServerUnavailable

CAPABILITIES = [b"IMAP4rev1", b"IMAP4rev1 ESEARCH"]
FOLDERS = {
    "empty": [],
    "one": [5],
    "dense": range(1, 301),
    "sparse": random.Random(1).sample(range(1, 4_294_967_295), 300),
    "holes": [*range(1, 50), *range(1000, 1100), *range(4_294_967_000, 4_294_967_200)],
}


def box_of(uids, capabilities=b"IMAP4rev1", **options):
    return ImapBox({b"INBOX": Folder.of(sorted(uids))}, capabilities=capabilities, **options)


@pytest.fixture(name="opened", params=CAPABILITIES, ids=["plain", "esearch"])
def fixture_opened(request, session):
    """Runs a function on a session with a folder of given UIDs."""

    def run(uids, work, **limits):
        with ScriptedServer(box_of(uids, request.param)) as server:
            with session(server, **limits) as mailbox:
                snapshot = mailbox.examine(b"INBOX")
                return work(mailbox, snapshot)

    return run


@pytest.mark.parametrize("kind", FOLDERS)
@pytest.mark.parametrize("limits", [{}, {"window": 7}], ids=["", "small windows"])
def test_any_question_gets_the_true_answer(opened, kind, limits):
    uids = sorted(FOLDERS[kind])
    chance = random.Random(kind)
    marks = [1, 2, 4_294_967_295, *uids[:3], *uids[-3:], *(uid + 1 for uid in uids[-3:])]
    marks += [chance.randrange(1, 4_294_967_295) for _ in range(5)] + chance.sample(
        uids, min(len(uids), 5)
    )

    def work(mailbox, _snapshot):
        for uid in marks:
            limit = chance.choice([1, 3, 10, 1000])
            floor = chance.choice([1, 1, uid // 2 + 1, uid])
            assert mailbox.uids_from(uid, limit) == [u for u in uids if u >= uid][:limit]
            below = [u for u in reversed(uids) if floor <= u < uid][:limit]
            assert mailbox.uids_below(uid, limit, floor) == below

    opened(uids, work, **limits)


@pytest.mark.parametrize("kind", FOLDERS)
def test_walking_both_ways_meets_everything_once(opened, kind):
    uids = sorted(FOLDERS[kind])

    def work(mailbox, snapshot):
        down, mark = [], snapshot.uidnext
        while window := mailbox.uids_below(mark, 40):
            down += window
            mark = window[-1]
        up, mark = [], 1
        while window := mailbox.uids_from(mark, 40):
            up += window
            mark = window[-1] + 1
        return down[::-1], up

    assert opened(uids, work) == (uids, uids)


def test_a_walk_costs_one_round_trip_a_window(session):
    with ScriptedServer(box_of(range(1, 401))) as server, session(server) as mailbox:
        mark = mailbox.examine(b"INBOX").uidnext
        before = len(server.lines)
        while window := mailbox.uids_below(mark, 100):
            mark = window[-1]
        assert len(server.lines) - before == 4


@pytest.mark.parametrize("capabilities", CAPABILITIES)
def test_a_million_sparse_messages(session, capabilities):
    """The server makes its answers up, so that only the engine's memory counts."""
    count, factor = 1_000_000, 4_000

    def fetch(peer, tag, rest):
        for part in rest.partition(b" ")[0].split(b","):
            low, _, high = part.partition(b":")
            peer.send(
                *(
                    b"* %d FETCH (UID %d)" % (n, n * factor)
                    for n in range(int(low), int(high or low) + 1)
                )
            )
        peer.send(tag + b" OK")

    def search(peer, tag, rest):
        peer.send(
            b'* ESEARCH (TAG "x") UID COUNT %d' % (int(rest.rpartition(b":")[2]) // factor),
            tag + b" OK",
        )

    folder = Folder.of([count * factor])
    box = ImapBox(
        {b"INBOX": folder},
        capabilities=capabilities,
        hooks={b"FETCH": fetch, b"UID SEARCH": search},
    )
    box.hooks[b"EXAMINE"] = lambda peer, tag, _: peer.send(
        b"* %d EXISTS" % count,
        b"* OK [UIDVALIDITY 1]",
        b"* OK [UIDNEXT %d]" % (count * factor + 1),
        tag + b" OK",
    )
    with ScriptedServer(box) as server, session(server) as mailbox:
        mailbox.examine(b"INBOX")
        before = len(server.lines)
        tracemalloc.start()
        assert mailbox.uids_below(777_777 * factor, 500)[0] == 777_776 * factor
        assert mailbox.uids_from(333_333 * factor, 500)[0] == 333_333 * factor
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(server.lines) - before <= 14
        assert peak < 5_000_000


@pytest.mark.parametrize("capabilities", CAPABILITIES)
def test_messages_that_come_and_go_between_windows(session, capabilities):
    """EXISTS and EXPUNGE arrive with header fetches; the remembered places have to move along."""
    uids = list(range(10, 1010, 10))
    box = box_of(uids, capabilities)
    messages = box.folders[b"INBOX"].messages

    def come_and_go(peer, _tag, _rest):
        position = len(messages) // 2
        del messages[position]
        messages.append(Message(messages[-1].uid + 10))
        peer.send(b"* %d EXPUNGE" % (position + 1), b"* %d EXISTS" % len(messages))
        return False

    box.hooks[b"UID FETCH"] = come_and_go
    with ScriptedServer(box) as server, session(server) as mailbox:
        seen, mark = [], mailbox.examine(b"INBOX").uidnext
        while window := mailbox.uids_below(mark, 10):
            seen += window
            mark = window[-1]
            mailbox.fetch_headers(window[:1])
        arrived = mailbox.uids_from(uids[-1] + 1, 1000)
    left = {message.uid for message in messages}
    assert left & set(uids) <= set(seen) <= set(uids)
    assert seen == sorted(set(seen), reverse=True)
    assert arrived == sorted(left - set(uids))


def test_new_mail_after_examine(opened):
    def work(mailbox, snapshot):
        assert mailbox.uids_from(snapshot.uidnext, 10) == []
        return mailbox.uids_from(snapshot.uidnext - 1, 10)

    # "n:*" would bring the last message although it is below n
    assert opened([1, 2, 3], work) == [3]


@pytest.mark.parametrize("capabilities", CAPABILITIES)
def test_a_uidnext_that_is_too_low_hides_nothing(session, capabilities):
    box = ImapBox({b"INBOX": Folder.of(range(1, 21), uidnext=10)}, capabilities=capabilities)
    with ScriptedServer(box) as server, session(server) as mailbox:
        mailbox.examine(b"INBOX")
        assert mailbox.uids_from(10, 100) == list(range(10, 21))
        assert mailbox.uids_below(10, 100) == list(range(9, 0, -1))


def test_a_server_that_contradicts_itself(session):
    def count(peer, tag, _rest):
        peer.send(b'* ESEARCH (TAG "x") UID COUNT 15', tag + b" OK")

    box = box_of(range(1, 21), b"IMAP4rev1 ESEARCH", hooks={b"UID SEARCH": count})
    with ScriptedServer(box) as server, session(server) as mailbox:
        mailbox.examine(b"INBOX")
        with pytest.raises(ProtocolError):
            mailbox.uids_from(10, 100)


def test_messages_missing_in_the_answer_are_asked_for_again(session):
    asked = []

    def fetch(peer, tag, _rest):
        asked.append(tag)
        uids = [1, 2, 4] if len(asked) == 1 else [1, 2, 3, 4]
        peer.send(*(b"* %d FETCH (UID %d)" % (uid, uid) for uid in uids), tag + b" OK")

    with (
        ScriptedServer(box_of(range(1, 5), hooks={b"FETCH": fetch})) as server,
        session(server) as mailbox,
    ):
        mailbox.examine(b"INBOX")
        assert mailbox.uids_from(1, 10) == [1, 2, 3, 4]
        assert len(asked) == 2


@pytest.mark.parametrize(
    ("result", "raises"),
    [(b"NO [EXPUNGEISSUED] some are gone", None), (b"NO [UNAVAILABLE] later", ServerUnavailable)],
)
def test_a_window_that_ends_in_no(session, result, raises):
    def fetch(peer, tag, _rest):
        peer.send(b"* 1 FETCH (UID 1)", b"* 3 FETCH (UID 3)", tag + b" " + result)

    with (
        ScriptedServer(box_of([1, 2, 3], hooks={b"FETCH": fetch})) as server,
        session(server) as mailbox,
    ):
        mailbox.examine(b"INBOX")
        if raises:
            with pytest.raises(raises):
                mailbox.uids_from(1, 10)
        else:
            assert mailbox.uids_from(1, 10) == [1, 3]


@pytest.mark.parametrize("capabilities", CAPABILITIES)
@pytest.mark.parametrize(
    ("day", "uid"),
    [
        (datetime.date(2024, 1, 1), 7),
        (datetime.date(2024, 3, 1), 420),
        (datetime.date(2024, 4, 10), 700),
        (datetime.date(2025, 1, 1), None),
    ],
)
def test_first_uid_since(session, capabilities, day, uid):
    start = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
    messages = [Message(n * 7, date=start + datetime.timedelta(days=n)) for n in range(1, 101)]
    box = ImapBox({b"INBOX": Folder(messages)}, capabilities=capabilities)
    with ScriptedServer(box) as server, session(server, search_window=30) as mailbox:
        mailbox.examine(b"INBOX")
        assert mailbox.first_uid_since(day) == uid


def test_first_uid_since_when_that_message_is_gone(session):
    """Rather all mail once more than one too few."""

    def search(peer, tag, _rest):
        peer.send(b"* SEARCH 3", tag + b" OK done")

    def fetch(peer, tag, _rest):
        peer.send(tag + b" OK done")

    box = box_of([5, 6, 7], hooks={b"SEARCH": search, b"FETCH": fetch})
    with ScriptedServer(box) as server, session(server) as mailbox:
        mailbox.examine(b"INBOX")
        assert mailbox.first_uid_since(datetime.date(2024, 1, 1)) == 1


def test_first_uid_since_in_an_empty_folder(opened):
    assert opened([], lambda mailbox, _: mailbox.first_uid_since(datetime.date(2024, 1, 1))) is None


LIES = {
    "vanished": [b"* VANISHED 1:26183"],
    "some expunged": [b"* 20 EXPUNGE"] * 7,
    "all expunged": [b"* 1 EXPUNGE"] * 20,
    "more than all": [b"* 1 EXPUNGE"] * 30,
    "a count that falls": [b"* 5 EXISTS"],
    "no count": [b"* 0 EXISTS"],
}


@pytest.mark.parametrize("capabilities", CAPABILITIES)
@pytest.mark.parametrize("lie", LIES)
def test_messages_that_are_said_to_be_gone_and_are_not(session, capabilities, lie):
    """A Cyrus once said VANISHED of a whole inbox; a cursor must not pass what it hides."""
    box = box_of(range(10, 210, 10), capabilities)

    def lying(peer, _tag, _rest):
        peer.send(*LIES[lie])
        return False

    box.hooks[b"UID FETCH"] = lying
    with ScriptedServer(box) as server, session(server) as mailbox:
        mailbox.examine(b"INBOX")
        mailbox.fetch_headers([10])
        box.hooks.clear()
        assert mailbox.uids_below(105, 100) == list(range(100, 0, -10))
        assert mailbox.uids_from(105, 100) == list(range(110, 210, 10))
        assert mailbox.uids_below(1000, 5, 10) == [200, 190, 180, 170, 160]
        assert mailbox.uids_from(1, 5) == [10, 20, 30, 40, 50]


def test_a_server_that_counts_nothing(session):
    def count(peer, tag, _rest):
        peer.send(b'* ESEARCH (TAG "x") UID COUNT 0', tag + b" OK")

    box = box_of(range(1, 21), b"IMAP4rev1 ESEARCH", hooks={b"UID SEARCH": count})
    with ScriptedServer(box) as server, session(server) as mailbox:
        mailbox.examine(b"INBOX")
        assert mailbox.uids_below(15, 100) == list(range(14, 0, -1))


def test_expunged_where_it_is_forbidden(session):
    """RFC 3501 section 7.4.1: not with FETCH, as what follows would move under our feet."""
    box = box_of(range(1, 41))
    messages = box.folders[b"INBOX"].messages

    def fetch(peer, _tag, _rest):
        if len(messages) == 40:
            del messages[:5]
            peer.send(*[b"* 1 EXPUNGE"] * 5)
        return False

    box.hooks[b"FETCH"] = fetch
    with ScriptedServer(box) as server, session(server, window=10) as mailbox:
        mailbox.examine(b"INBOX")
        assert set(range(6, 41)) <= set(mailbox.uids_from(1, 100))


@pytest.mark.parametrize(("times", "ends"), [(4, False), (1000, True)])
def test_messages_that_go_while_they_are_counted(session, times, ends):
    """EXPUNGE may come with UID SEARCH (RFC 3501 section 7.4.1)."""
    box = box_of(range(10, 1010, 10), b"IMAP4rev1 ESEARCH")
    messages = box.folders[b"INBOX"].messages
    gone = []

    def going(peer, tag, rest):
        (count,) = box._uid_search(state_of[0], rest)
        lines = [b"* 3 EXPUNGE"] if len(gone) < times else []
        if lines:
            gone.append(messages.pop(2).uid)
        peer.send(count, *lines, tag + b" OK")

    state_of = []
    examine = box._examine
    box._examine = lambda state, rest: state_of.insert(0, state) or examine(state, rest)
    box.hooks[b"UID SEARCH"] = going
    with ScriptedServer(box) as server, session(server) as mailbox:
        mailbox.examine(b"INBOX")
        if ends:
            with pytest.raises(ProtocolError):
                mailbox.uids_below(505, 100)
        else:
            found = mailbox.uids_below(505, 100)
            assert found == [uid for uid in range(500, 0, -10) if uid not in gone]
