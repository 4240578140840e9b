"""Headers and bodies, and everything that can be wrong with a FETCH answer."""

import datetime
import re

import pytest
from number_set import NumberSet
from scripted_server import Folder, ImapBox, ScriptedServer

from lib.errors import (
    AnswerTooLarge,
    CommandRefused,
    ConnectionLost,
    ConnectionTimeout,
    FolderGone,
    MessageUnreadable,
    ProtocolError,
    ServerUnavailable,
    Throttled,
)
from lib.headers import HEADER_FIELDS
from lib.session import RawHeader

HEADER = b"Subject: hello\r\n\r\n"
BODY = HEADER + b"text\r\n"
JANUARY = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)


def good(uid):
    return RawHeader(uid, ("\\Seen",), JANUARY, len(BODY), HEADER)


def poisoned(box, poison, *, seen=None):
    """Answers UID FETCH message by message: ``poison`` maps UIDs to lines that replace the record.

    A value that is a function is called with (peer, tag) and ends the answer.
    """

    def fetch(peer, tag, rest):
        numbers, _, items = rest.partition(b" ")
        chosen = NumberSet(numbers)
        if seen is not None:
            seen.append(numbers)
        for sequence, message in enumerate(box.folders[b"INBOX"].messages, 1):
            if message.uid in chosen:
                line = poison.get(message.uid, box.record(sequence, message, items))
                if callable(line):
                    return line(peer, tag)
                peer.send(*([line] if isinstance(line, bytes) else line))
        return peer.send(tag + b" OK done")

    box.hooks[b"UID FETCH"] = fetch
    return box


@pytest.fixture(name="headers_of")
def fixture_headers_of(session):
    """Fetches headers of some UIDs from a box."""

    def fetch(box, uids, **limits):
        with ScriptedServer(box) as server, session(server, **limits) as mailbox:
            mailbox.examine(b"INBOX")
            return mailbox.fetch_headers(uids)

    return fetch


def test_all_that_facts_are_read_from_is_fetched(session):
    with ScriptedServer(ImapBox()) as server, session(server) as mailbox:
        mailbox.examine(b"INBOX")
        mailbox.fetch_headers([1])
    asked = re.search(rb"BODY.PEEK\[HEADER.FIELDS \(([^)]*)\)\]", b"\n".join(server.commands))
    assert set(asked[1].decode().split()) == {name.upper() for name in HEADER_FIELDS}


@pytest.fixture(name="bodies_of")
def fixture_bodies_of(session):
    """Fetches bodies of {uid: size} from a box."""

    def fetch(box, sizes, **limits):
        with ScriptedServer(box) as server, session(server, **limits) as mailbox:
            mailbox.examine(b"INBOX")
            return list(mailbox.fetch_bodies(sizes))

    return fetch


def box_of(uids):
    return ImapBox({b"INBOX": Folder.of(uids)})


def test_headers(headers_of):
    assert headers_of(box_of([1, 5, 9]), [9, 1, 5]) == {uid: good(uid) for uid in (1, 5, 9)}
    assert headers_of(box_of([1]), []) == {}


def test_bodies(bodies_of):
    assert bodies_of(box_of([1, 5, 9]), {9: 5, 1: 5}) == [(1, BODY), (9, BODY)]
    assert bodies_of(box_of([1]), [good(1)]) == [(1, BODY)]
    assert bodies_of(box_of([1]), {}) == []


def test_a_folder_must_be_open(session):
    with ScriptedServer(ImapBox()) as server, session(server) as mailbox:
        for work in (mailbox.fetch_headers, mailbox.fetch_bodies):
            with pytest.raises(FolderGone):
                work([])


def test_batches_of_headers(session):
    with (
        ScriptedServer(box_of(range(1, 2001, 2))) as server,
        session(server, header_batch=300) as mailbox,
    ):
        mailbox.examine(b"INBOX")
        assert len(mailbox.fetch_headers(range(1, 2001, 2))) == 1000
        sets = [c.split()[2] for c in server.commands if c.startswith(b"UID FETCH")]
        assert all(len(one) <= 1000 for one in sets)
        assert len(sets) == 5


def test_batches_of_bodies(session):
    sizes = dict.fromkeys(range(1, 11), 400) | {11: 5000, 12: 1, 13: 0}
    seen = []
    box = poisoned(box_of(range(1, 14)), {}, seen=seen)
    with ScriptedServer(box) as server:
        with session(server, body_batch_bytes=1000, body_batch=4) as mailbox:
            mailbox.examine(b"INBOX")
            assert [uid for uid, _ in mailbox.fetch_bodies(sizes)] == list(range(1, 14))
    assert seen == [b"1:2", b"3:4", b"5:6", b"7:8", b"9:10", b"11", b"12", b"13"]


def test_other_work_may_go_on_between_bodies(session):
    with ScriptedServer(box_of([1, 2, 3])) as server, session(server, body_batch=1) as mailbox:
        mailbox.examine(b"INBOX")
        for _ in mailbox.fetch_bodies({1: 9, 2: 9, 3: 9}):
            assert mailbox.status([b"INBOX"])


def test_too_large_by_its_size(bodies_of):
    seen = []
    box = poisoned(box_of([1, 2, 3]), {}, seen=seen)
    (one, two, three) = bodies_of(box, {1: 5, 2: 2**31, 3: 5}, max_literal=1000)
    assert (one, three) == ((1, BODY), (3, BODY))
    assert two[0] == 2
    assert isinstance(two[1], MessageUnreadable)
    assert b"2" not in seen


# Odd answers that cost nothing


@pytest.mark.parametrize(
    "extra",
    [
        b"* 2 FETCH (FLAGS (\\Deleted))",  # case 19, trap 2
        b"* 9 FETCH (UID 99 FLAGS (\\Deleted))",
        b"* 9 FETCH (UID 99 BODY[HEADER.FIELDS (FROM)] {2}\r\nxx)",
        b"* 2 FETCH (UID 2 FLAGS (\\Seen))",
        b"* 2 FETCH (UID 0 FLAGS ())",
        b"* 2 FETCH (MODSEQ (12))",
        b"* 4 EXISTS",
        b"* OK [ALERT] hello",
        b"* VANISHED (EARLIER) 1:5",
    ],
)
def test_news_in_between(headers_of, extra):
    box = box_of([1, 2, 3])
    normal = ImapBox.record(
        2, box.folders[b"INBOX"].messages[1], b"FLAGS INTERNALDATE RFC822.SIZE HEADER.FIELDS (X)"
    )
    assert headers_of(poisoned(box, {2: [extra, normal, extra]}), [1, 2, 3]) == {
        u: good(u) for u in (1, 2, 3)
    }


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (b'FLAGS () HEADER "Subject: \\"q\\""', {"header": b'Subject: "q"'}),
        (b"HEADER {2}\r\nab", {"header": b"ab"}),
        (b"HEADER {0}\r\n", {}),
        (b"FLAGS NIL INTERNALDATE NIL RFC822.SIZE NIL HEADER {0}\r\n", {}),
        (b'INTERNALDATE "31-Dec-9999 23:59:59 -1200" HEADER {0}\r\n', {}),
        (b"RFC822.SIZE 4294967296 HEADER {0}\r\n", {"size": 2**32}),
        (b"FLAGS (\\Seen \xfc NIL) HEADER {0}\r\n", {"flags": ("\\Seen", "\\xfc")}),
        (b"HEADER {1}\r\n\x00", {"header": b"\x00"}),
        (b"MODSEQ (5) X-GM-THRID 7 HEADER {0}\r\n", {}),
        (
            b'X-GM-LABELS (\\Inbox "a b" NIL) HEADER {0}\r\n',
            {"gm_labels": ("\\Inbox", "a b")},
        ),
        (b"X-GM-LABELS NIL X-GM-MSGID x HEADER {0}\r\n", {}),
        (b'ENVELOPE (NIL NIL ((NIL NIL "a" "b" 5 6))) HEADER {0}\r\n', {}),
    ],
)
def test_odd_records(headers_of, record, expected):
    record = record.replace(b"HEADER", b"BODY[HEADER.FIELDS (X)]")
    for line in (b"* 2 FETCH (UID 2 " + record + b")", b"* 2 FETCH (" + record + b" uid 2)"):
        found = headers_of(poisoned(box_of([1, 2, 3]), {2: line}), [1, 2, 3])
        odd = {"uid": 2, "flags": (), "internaldate": None, "size": 0, "header": b""} | expected
        assert found == {1: good(1), 2: RawHeader(**odd), 3: good(3)}


@pytest.mark.parametrize("body", [b'"a \\"quoted\\" body"', b'{15}\r\na "quoted" body'])
def test_quoted_bodies(bodies_of, body):
    box = poisoned(box_of([1, 2]), {2: b"* 2 FETCH (UID 2 BODY[] " + body + b")"})
    assert bodies_of(box, {1: 5, 2: 5}) == [(1, BODY), (2, b'a "quoted" body')]


# One bad message


def ending(text):
    """Ends the answer to a command with a tagged status."""
    return lambda peer, tag: peer.send(tag + b" " + text)


UNREADABLE = {
    "NIL": b"* 2 FETCH (UID 2 BODY[] NIL BODY[HEADER.FIELDS (X)] NIL)",
    "unescaped quote": b'* 2 FETCH (UID 2 BODY[] "a"b" BODY[HEADER.FIELDS (X)] "a"b")',
    "no value": b"* 2 FETCH (UID 2 BODY[])",
    "5000 parentheses": b"* 2 FETCH (UID 2 BODYSTRUCTURE " + b"(" * 5000 + b")" * 5000 + b")",
    "not closed": b"* 2 FETCH (UID 2 FLAGS (",
    "no list": b"* 2 FETCH 5",
    "nothing": b"* 2 FETCH",
    "only flags": b"* 2 FETCH (UID 2 FLAGS ())",
    "refused": ending(b"NO [CORRUPTION] cannot read it"),
    "refused as bad": ending(b"BAD internal confusion"),
}


@pytest.mark.parametrize("kind", UNREADABLE)
@pytest.mark.parametrize("what", ["headers", "bodies"])
def test_one_bad_message_costs_only_itself(headers_of, bodies_of, kind, what):
    uids = range(1, 101)
    poison = {2: UNREADABLE[kind]}
    if what == "headers":
        found = headers_of(poisoned(box_of(uids), poison), uids)
        others = {uid: good(uid) for uid in uids if uid != 2}
    else:
        found = dict(bodies_of(poisoned(box_of(uids), poison), dict.fromkeys(uids, 10)))
        others = {uid: BODY for uid in uids if uid != 2}
    assert isinstance(found.pop(2), MessageUnreadable)
    assert found == others


def test_an_empty_body_is_a_stub(bodies_of):
    box = poisoned(box_of([1, 2]), {2: b"* 2 FETCH (UID 2 BODY[] {0}\r\n)"})
    one, two = bodies_of(box, {1: 5, 2: 5})
    assert one == (1, BODY)
    assert isinstance(two[1], MessageUnreadable)


@pytest.mark.parametrize("bad", [{1}, {100}, {50, 51}, {3, 40, 77, 78}])
def test_several_bad_messages(headers_of, bad):
    poison = dict.fromkeys(bad, ending(b"NO cannot read it"))
    found = headers_of(poisoned(box_of(range(1, 101)), poison), range(1, 101))
    assert {uid for uid, value in found.items() if isinstance(value, MessageUnreadable)} == bad
    assert len(found) == 100
    assert all(value.detail == "cannot read it" for uid, value in found.items() if uid in bad)


def test_a_folder_that_refuses_everything_is_not_put_into_quarantine(headers_of):
    poison = dict.fromkeys(range(1, 101), ending(b"NO somehow not"))
    with pytest.raises(CommandRefused):
        headers_of(poisoned(box_of(range(1, 101)), poison), range(1, 101))


@pytest.mark.parametrize(
    ("text", "expected", "delay"),
    [
        (b"NO [UNAVAILABLE] later", ServerUnavailable, None),
        (b"BAD Request is throttled. Suggested Backoff Time: 1500 milliseconds", Throttled, 1.5),
        (b"NO [OVERQUOTA] Account exceeded command or bandwidth limits.", Throttled, None),
    ],
)
def test_what_concerns_the_whole_server_is_not_blamed_on_a_message(
    headers_of, text, expected, delay
):
    with pytest.raises(expected) as caught:
        headers_of(poisoned(box_of([1, 2, 3]), {2: ending(text)}), [1, 2, 3])
    assert caught.value.retry_after == delay


# Messages that are gone, or late


@pytest.mark.parametrize("result", [b"OK done", b"NO [EXPUNGEISSUED] some are gone"])
def test_messages_that_are_gone(headers_of, result):
    """Case 17: expunged while being fetched."""
    seen = []
    poison = {2: b"* 2 EXPUNGE", 3: ending(result)}
    box = poisoned(box_of([1, 2, 3]), poison, seen=seen)
    assert headers_of(box, [1, 2, 3]) == {1: good(1)}
    # asked for again, and then whether they are there at all
    assert seen == [b"1:3", b"2:3", b"2:3"]


def test_a_message_that_is_there_and_never_comes(headers_of):
    """Exchange leaves out what it cannot convert, and says OK."""
    box = box_of([1, 2, 3])

    def fetch(peer, tag, rest):
        chosen, _, items = rest.partition(b" ")
        for sequence, message in enumerate(box.folders[b"INBOX"].messages, 1):
            if message.uid in NumberSet(chosen) and (message.uid != 2 or items == b"(UID)"):
                peer.send(box.record(sequence, message, items))
        peer.send(tag + b" OK done")

    box.hooks[b"UID FETCH"] = fetch
    found = headers_of(box, [1, 2, 3])
    assert isinstance(found.pop(2), MessageUnreadable)
    assert found == {1: good(1), 3: good(3)}


def short(box, most):
    """Let a server answer about no more than so many messages at once, and say OK."""
    records = box._records
    box._records = lambda *arguments, **options: list(records(*arguments, **options))[:most]
    return box


def test_a_server_that_says_less_than_it_is_asked(session):
    uids = list(range(10, 410, 10))
    with (
        ScriptedServer(short(box_of(uids), 7)) as server,
        session(server) as mailbox,
    ):
        mailbox.examine(b"INBOX")
        assert mailbox.uids_from(1, 100) == uids
        assert mailbox.uids_below(1000, 100) == uids[::-1]
        assert list(mailbox.fetch_headers(uids)) == uids
        assert [uid for uid, _body in mailbox.fetch_bodies(dict.fromkeys(uids, 10))] == uids
        assert list(mailbox.present(uids)) == uids


def test_a_message_missing_in_the_answer_is_asked_for_again(headers_of):
    """Case 18."""
    seen = []
    poison = {2: []}
    box = poisoned(box_of([1, 2, 3]), poison, seen=seen)
    inner = box.hooks[b"UID FETCH"]

    def fetch(peer, tag, rest):
        if seen:
            poison.clear()
        inner(peer, tag, rest)

    box.hooks[b"UID FETCH"] = fetch
    assert headers_of(box, [1, 2, 3]) == {uid: good(uid) for uid in (1, 2, 3)}
    assert seen == [b"1:3", b"2"]


def test_no_after_some_data(headers_of):
    """Case 20: what came is kept, only the rest is asked for again."""
    seen = []
    poison = {51: ending(b"NO hiccup")}
    box = poisoned(box_of(range(1, 101)), poison, seen=seen)
    inner = box.hooks[b"UID FETCH"]

    def fetch(peer, tag, rest):
        if seen:
            poison.clear()
        inner(peer, tag, rest)

    box.hooks[b"UID FETCH"] = fetch
    assert set(headers_of(box, range(1, 101))) == set(range(1, 101))
    assert seen == [b"1:100", b"51:75", b"76:100"]


# Broken connections


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        (b"* 2 FETCH (UID 2 BODY[HEADER.FIELDS (X)] {100}\r\nhalf", ConnectionLost),
        (b"* 2 FETCH (UID 2", ConnectionLost),
        (b"* BYE Shutting down\r\n", ConnectionLost),
    ],
)
def test_a_cut_drops_the_batch(headers_of, rest, expected):
    """Cases 1 and 2: nothing of the batch counts, and the caller decides when to try again."""

    def cut(peer, _tag):
        peer.send_raw(rest)
        peer.close()

    with pytest.raises(expected):
        headers_of(poisoned(box_of([1, 2, 3]), {2: cut}), [1, 2, 3])


def test_a_literal_that_never_ends(headers_of):
    """Case 3, where the server has nothing more to say."""

    def hang(peer, _tag):
        peer.send_raw(b"* 2 FETCH (UID 2 BODY[HEADER.FIELDS (X)] {9999}\r\nSubject: x\r\n\r\n)\r\n")
        peer.wait_for_end()

    with pytest.raises(ConnectionTimeout):
        headers_of(poisoned(box_of([1, 2, 3]), {2: hang}), [1, 2, 3], command_timeout=0.3)


BREAKING = {
    "longer than declared": b"* 2 FETCH (UID 2 BODY[] {3}\r\nSubject: x)",
    "shorter than declared": b"* 2 FETCH (UID 2 BODY[] {30}\r\nSubject: x)",
    "8 GB announced": b"* 2 FETCH (UID 2 BODY[] {8589934592}\r\n",
    "no protocol": b"segmentation fault",
    "Dovecot, file not readable": b"* BYE FETCH failed: Internal error occurred. Refer to server log",
}


@pytest.mark.parametrize("kind", BREAKING)
def test_a_message_that_breaks_the_connection_is_found(session, kind):
    """Cases 3, 4, 5, and what Dovecot does: the connection is discarded, and over new ones the message is found out."""
    uids = range(1, 21)
    box = poisoned(box_of(uids), {7: BREAKING[kind]})
    with ScriptedServer(box) as server, session(server, command_timeout=0.5) as mailbox:
        mailbox.examine(b"INBOX")
        found = dict(mailbox.fetch_bodies(dict.fromkeys(uids, 10)))
        assert isinstance(found.pop(7), MessageUnreadable)
        assert found == {uid: BODY for uid in uids if uid != 7}
        assert server.connections < 10
        assert mailbox.uids_from(19, 5) == [19, 20]


@pytest.mark.parametrize(
    "ends",
    [lambda peer, _: peer.close(), lambda peer, _: peer.send(b"* BYE"), lambda peer, _: None],
)
def test_a_message_on_which_the_server_dies_is_found(session, ends):
    """Such a message would end every run at the same place for ever."""
    uids = range(1, 21)
    with ScriptedServer(poisoned(box_of(uids), {7: ends})) as server:
        with session(server, command_timeout=0.5) as mailbox:
            mailbox.examine(b"INBOX")
            with pytest.raises((ConnectionLost, ConnectionTimeout)):
                mailbox.fetch_headers(uids)
        with session(server, command_timeout=0.5) as mailbox:
            mailbox.examine(b"INBOX")
            found = mailbox.fetch_headers(uids, isolate=True)
    assert isinstance(found.pop(7), MessageUnreadable)
    assert found == {uid: good(uid) for uid in uids if uid != 7}


def test_reconnecting_has_an_end(session):
    box = poisoned(box_of([1, 2, 3]), {2: BREAKING["8 GB announced"]})
    with ScriptedServer(box) as server, session(server, max_repairs=1) as mailbox:
        mailbox.examine(b"INBOX")
        with pytest.raises(AnswerTooLarge):
            mailbox.fetch_headers([1, 2, 3])
        assert server.connections == 2


def test_a_folder_that_became_another_one_meanwhile(session):
    box = box_of([1, 2, 3])

    def breaks(peer, _tag):
        box.folders[b"INBOX"].uidvalidity += 1
        peer.send(b"nonsense")

    with ScriptedServer(poisoned(box, {2: breaks})) as server, session(server) as mailbox:
        mailbox.examine(b"INBOX")
        with pytest.raises(ProtocolError):
            mailbox.fetch_headers([1, 2, 3])
        with pytest.raises(ConnectionLost):
            mailbox.fetch_headers([1, 2, 3])
