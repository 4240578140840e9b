"""Flags, listings and VANISHED of the examined folder, and everything that can be wrong with them."""

import tracemalloc

import pytest
from scripted_server import Folder, ImapBox, Message, ScriptedServer

from lib.errors import CommandRefused, ProtocolError
from lib.known import Tracking
from lib.session import Changes
from lib.uid_ranges import UidRanges

HIGHEST = 4_294_967_295
EVERYTHING = b"IMAP4rev1 ENABLE CONDSTORE QRESYNC ESEARCH"


def box_of(uids, capabilities=EVERYTHING, **hooks):
    box = ImapBox({b"INBOX": Folder.of(uids)}, capabilities=capabilities)
    box.hooks = {name.replace("_", " ").encode(): hook for name, hook in hooks.items()}
    return box


def says(*lines, end=b"OK done"):
    def answer(peer, tag, _rest):
        peer.send(*lines, tag + b" " + end)

    return answer


def asked(server):
    """What was asked after the folder was opened."""
    return server.commands[server.commands.index(b'EXAMINE "INBOX"') + 1 :]


@pytest.fixture(name="opened")
def fixture_opened(session):
    """Runs a function on a session with an open folder; returns its result and what was asked."""

    def run(box, work, **limits):
        with ScriptedServer(box) as server, session(server, **limits) as mailbox:
            mailbox.examine(b"INBOX")
            result = work(mailbox)
            return result, asked(server)

    return run


# What the server can do


@pytest.mark.parametrize(
    ("capabilities", "enabled", "expected"),
    [
        (b"IMAP4rev1", b"* ENABLED QRESYNC", Tracking.NONE),
        (b"IMAP4rev1 CONDSTORE", b"* ENABLED QRESYNC", Tracking.CONDSTORE),
        (b"IMAP4rev1 ENABLE CONDSTORE QRESYNC", b"* ENABLED QRESYNC", Tracking.QRESYNC),
        (b"IMAP4rev1 ENABLE QRESYNC", b"* ENABLED condstore qresync", Tracking.QRESYNC),
        (b"IMAP4rev1 ENABLE CONDSTORE QRESYNC", b"* ENABLED CONDSTORE", Tracking.CONDSTORE),
        (b"IMAP4rev1 ENABLE CONDSTORE QRESYNC", None, Tracking.CONDSTORE),
    ],
)
def test_tracking(session, capabilities, enabled, expected):
    answer = says(enabled) if enabled else says(end=b"NO not today")
    box = box_of([1], capabilities, ENABLE=answer)
    box.folders[b"other"] = Folder.of([1])
    with ScriptedServer(box) as server, session(server) as mailbox:
        for name in (b"INBOX", b"other", b"INBOX"):
            mailbox.examine(name)
        assert mailbox.tracking is expected
        enables = [number for number, c in enumerate(server.commands) if c.startswith(b"ENABLE")]
        assert len(enables) == (b"QRESYNC" in capabilities), "once, before any folder is open"
        assert all(server.commands[number + 1] == b'EXAMINE "INBOX"' for number in enables)


# Changes


def test_changes_with_qresync(opened):
    box = box_of(
        [1, 2, 3],
        ENABLE=says(b"* ENABLED QRESYNC"),
        UID_FETCH=says(
            b"* VANISHED (EARLIER) 300:310,405",
            b"* 1 FETCH (UID 2 MODSEQ (65) FLAGS (\\Seen $Work))",
            b"* 2 FETCH (FLAGS () UID 3 MODSEQ (66))",
            b"* 3 FETCH (FLAGS (UID 9) MODSEQ (67))",
        ),
    )
    result, commands = opened(box, lambda mailbox: list(mailbox.changes_since(64)))
    assert result == [Changes({2: ("\\Seen", "$Work"), 3: ()}, UidRanges([(300, 310), (405, 405)]))]
    assert commands == [b"UID FETCH 1:4294967295 (UID FLAGS) (CHANGEDSINCE 64 VANISHED)"]


def test_changes_with_condstore(opened):
    box = box_of([1, 2, 3], b"IMAP4rev1 CONDSTORE", UID_FETCH=says())
    result, commands = opened(box, lambda mailbox: list(mailbox.changes_since(64)))
    assert result == [Changes({}, UidRanges())]
    assert commands == [b"UID FETCH 1:4294967295 (UID FLAGS) (CHANGEDSINCE 64)"]


def test_case_29_changes_of_a_large_folder_come_in_parts(opened):
    uids = range(10, 10 * 95 + 1, 10)
    box = box_of(uids, b"IMAP4rev1 CONDSTORE")
    result, commands = opened(
        box, lambda mailbox: list(mailbox.changes_since(64)), window=10, header_batch=4
    )
    assert [len(part.flags) for part in result] == [10] * 9 + [5]
    assert {uid for part in result for uid in part.flags} == set(uids)
    assert commands[0] == b"FETCH 10,20,30,40 (UID)"
    assert [c for c in commands if c.startswith(b"UID")][:2] == [
        b"UID FETCH 1:100 (UID FLAGS) (CHANGEDSINCE 64)",
        b"UID FETCH 101:200 (UID FLAGS) (CHANGEDSINCE 64)",
    ]
    assert commands[-1] == b"UID FETCH 901:4294967295 (UID FLAGS) (CHANGEDSINCE 64)"


def test_changes_that_are_refused(opened):
    box = box_of([1], b"IMAP4rev1 CONDSTORE", UID_FETCH=says(end=b"BAD what?"))
    with pytest.raises(CommandRefused):
        opened(box, lambda mailbox: list(mailbox.changes_since(64)))


# Listings


@pytest.mark.parametrize("flags", [False, True])
@pytest.mark.parametrize("capabilities", [b"IMAP4rev1", EVERYTHING])
@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 95])
def test_listing(opened, flags, capabilities, count):
    uids = range(7, 7 + 3 * count, 3)
    box = box_of(uids, capabilities, ENABLE=says(b"* ENABLED QRESYNC"))

    parts, commands = opened(box, lambda mailbox: list(mailbox.listing(flags=flags)), window=10)
    for uid in range(1, 400):
        (part,) = [part for part in parts if part.low <= uid <= part.high]
        assert (uid in part.uids) == (uid in uids)
        assert part.flags.get(uid) == (("\\Seen",) if flags and uid in uids else None)
    assert (parts[0].low, parts[-1].high) == (1, HIGHEST)
    if flags or capabilities != EVERYTHING:
        assert len(commands) == -(-count // 10)
        assert all(command.startswith(b"FETCH") for command in commands)
    else:
        searches = [c for c in commands if c.startswith(b"UID SEARCH RETURN (ALL) UID ")]
        assert len(searches) == max(-(-count // 10), 1)
        assert len(commands) == len(searches) + (count > 10)


def test_listing_of_the_newest(opened):
    box = box_of(range(1, 96), b"IMAP4rev1")
    parts, commands = opened(
        box, lambda mailbox: list(mailbox.listing(flags=True, last=15)), window=10
    )
    assert [(part.low, part.high) for part in parts] == [(81, 90), (91, 95)]
    assert commands == [b"FETCH 81:90 (UID FLAGS)", b"FETCH 91:95 (UID FLAGS)"]


@pytest.mark.parametrize(
    "answer",
    [
        says(b"* 1 FETCH (UID 1)", b"* 3 FETCH (UID 3)"),
        says(),
        says(
            b"* 1 FETCH (UID 1)", b"* 1 FETCH (UID 2)", b"* 2 FETCH (UID 3)", b"* 3 FETCH (UID 4)"
        ),
        says(b"* 1 FETCH (UID 1)", b"* 2 FETCH (UID 2)", b"* 3 FETCH (UID 3)", end=b"NO too long"),
    ],
    ids=["short", "empty", "long", "ends in NO"],
)
def test_listing_from_which_nothing_may_be_concluded(opened, answer):
    """Invariant 5."""
    box = box_of([1, 2, 3], b"IMAP4rev1", FETCH=answer)
    with pytest.raises(CommandRefused):
        opened(box, lambda mailbox: list(mailbox.listing(flags=False)))


def test_present(opened):
    box = box_of([1, 5, 9])
    box.hooks[b"ENABLE"] = says(b"* ENABLED QRESYNC")
    result, commands = opened(box, lambda mailbox: mailbox.present([9, 4, 5, 10]))
    assert result == {5: ("\\Seen",), 9: ("\\Seen",)}
    # what is missing is asked for once more
    assert commands == [b"UID FETCH 4:5,9:10 (UID FLAGS)", b"UID FETCH 4,10 (UID FLAGS)"]


def test_case_17_and_18_expunged_while_being_listed(opened):
    """What is missing in an answer may be there: nothing is concluded from such a list."""
    box = box_of([1, 2, 3], b"IMAP4rev1")
    box.hooks[b"FETCH"] = says(b"* 1 FETCH (UID 1)", b"* 2 EXPUNGE", b"* 2 FETCH (UID 3)")
    with pytest.raises(CommandRefused):
        opened(box, lambda mailbox: list(mailbox.listing(flags=False)))


# VANISHED with other commands


def test_case_40_vanished_with_an_unrelated_command(opened):
    """It takes the place of EXPUNGE, so the places of messages move along."""
    uids = list(range(10, 1010, 10))
    box = box_of(uids, EVERYTHING, ENABLE=says(b"* ENABLED QRESYNC"))
    messages = box.folders[b"INBOX"].messages

    def come_and_go(peer, _tag, _rest):
        middle = len(messages) // 2
        gone = [message.uid for message in messages[middle : middle + 2]]
        del messages[middle : middle + 2]
        messages.append(Message(messages[-1].uid + 10))
        peer.send(b"* VANISHED %d,%d" % tuple(gone), b"* %d EXISTS" % len(messages))
        return False

    box.hooks[b"UID FETCH"] = come_and_go

    def walk(mailbox):
        seen, mark, gone = [], uids[-1] + 1, UidRanges()
        while window := mailbox.uids_below(mark, 10):
            seen += window
            mark = window[-1]
            mailbox.fetch_headers(window[:1])
            gone = gone | mailbox.vanished()
            assert not mailbox.vanished(), "told once"
        return seen, gone

    (seen, gone), _commands = opened(box, walk)
    left = {message.uid for message in messages}
    assert left & set(uids) <= set(seen) <= set(uids)
    assert seen == sorted(set(seen), reverse=True)
    assert {uid for uid in uids if uid in gone} == set(uids) - left


@pytest.mark.parametrize(
    "line", [b"* VANISHED", b"* VANISHED (EARLIER)", b"* VANISHED 1:*", b"* VANISHED x"]
)
def test_vanished_without_uids(opened, line):
    box = box_of([1], ENABLE=says(b"* ENABLED QRESYNC"), UID_FETCH=says(line))
    with pytest.raises(ProtocolError):
        opened(box, lambda mailbox: list(mailbox.changes_since(1)))


def test_vanished_that_never_was(opened):
    box = box_of([1, 2, 3], ENABLE=says(b"* ENABLED QRESYNC"))
    box.hooks[b"NOOP"] = says()

    def work(mailbox):
        box.hooks[b"UID FETCH"] = says(b"* VANISHED 1:4294967295")
        mailbox.present([1])
        del box.hooks[b"UID FETCH"]
        return mailbox.vanished(), mailbox.uids_below(4, 10)

    (gone, _left), _commands = opened(box, work)
    assert list(gone) == [(1, HIGHEST)]


def test_case_29_a_million_messages(session):
    """Only the engine's memory counts: the server makes its answers up."""
    count, factor = 1_000_000, 4_000

    def fetch(peer, tag, rest):
        low, _, high = rest.partition(b" ")[0].partition(b":")
        peer.send(
            *(
                b"* %d FETCH (UID %d FLAGS (\\Seen))" % (n, n * factor)
                for n in range(int(low), int(high or low) + 1)
            )
        )
        peer.send(tag + b" OK")

    box = box_of([count * factor], b"IMAP4rev1", FETCH=fetch)
    box.hooks[b"EXAMINE"] = says(
        b"* %d EXISTS" % count,
        b"* OK [UIDVALIDITY 1]",
        b"* OK [UIDNEXT %d]" % (count * factor + 1),
    )
    with ScriptedServer(box) as server, session(server) as mailbox:
        mailbox.examine(b"INBOX")
        tracemalloc.start()
        listing = mailbox.listing(flags=True)
        seen = sum(len(next(listing).flags) for _part in range(3))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert seen == 30_000
    assert peak < 30_000_000
