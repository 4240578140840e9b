"""How a folder is looked at, given what the server said last time and says now."""

from datetime import datetime, timedelta

import pytest

from lib.folders import FolderStatus, Snapshot
from lib.known import (
    EVERYTHING,
    NOTHING,
    Flags,
    Look,
    Plan,
    Tracking,
    flags_text,
    is_unchanged,
    look_made,
    plan_look,
)

NOW = datetime(2026, 5, 1, 12)
HOUR = timedelta(hours=1)
CHANGED = Plan(Flags.CHANGED)
CHANGED_AND_LIST = Plan(Flags.CHANGED, listing=True)
RECENT = Plan(Flags.RECENT)
RECENT_AND_LIST = Plan(Flags.RECENT, listing=True)
Q, C, N = Tracking.QRESYNC, Tracking.CONDSTORE, Tracking.NONE
TRACKED = Look(uidnext=101, messages=50, highestmodseq=900)
PLAIN = Look(101, 50, 0, recent_at=NOW - HOUR / 4, all_at=NOW - HOUR)


@pytest.mark.parametrize(
    ("look", "tracking", "uidnext", "messages", "modseq", "expected"),
    [
        # with MODSEQ
        (TRACKED, Q, 101, 50, 900, NOTHING),
        (TRACKED, C, 101, 50, 900, NOTHING),
        (TRACKED, Q, 101, 50, 901, CHANGED),
        (TRACKED, C, 101, 50, 901, CHANGED),
        (TRACKED, Q, 104, 53, 910, CHANGED),
        (TRACKED, C, 104, 53, 910, CHANGED),
        # something vanished
        (TRACKED, Q, 101, 49, 910, CHANGED),
        (TRACKED, C, 101, 49, 910, CHANGED_AND_LIST),
        (TRACKED, C, 104, 50, 910, CHANGED_AND_LIST),
        (TRACKED, C, 101, 0, 910, CHANGED_AND_LIST),
        (TRACKED, Q, 101, 49, 900, CHANGED),
        # messages turned up below UIDNEXT: a backup was played back
        (TRACKED, C, 101, 60, 910, CHANGED_AND_LIST),
        # MODSEQ falls, comes, goes
        (TRACKED, Q, 101, 50, 899, EVERYTHING),
        (TRACKED, C, 101, 50, 1, EVERYTHING),
        (PLAIN, Q, 101, 50, 900, EVERYTHING),
        (TRACKED, Q, 101, 50, None, EVERYTHING),
        # UIDNEXT falls, or is not told
        (TRACKED, Q, 100, 50, 910, EVERYTHING),
        (PLAIN, N, 100, 50, None, EVERYTHING),
        (PLAIN, N, None, 50, None, EVERYTHING),
        # never looked at
        (Look(), Q, 101, 50, 900, EVERYTHING),
        (Look(), N, 101, 50, None, EVERYTHING),
        # without MODSEQ
        (PLAIN, N, 101, 50, None, NOTHING),
        (PLAIN, N, 104, 53, None, RECENT),
        (PLAIN, N, 101, 49, None, RECENT_AND_LIST),
        (PLAIN, N, 104, 50, None, RECENT_AND_LIST),
        (PLAIN, C, 101, 49, None, RECENT_AND_LIST),
    ],
)
def test_plan(look, tracking, uidnext, messages, modseq, expected):
    status = FolderStatus(7, uidnext, messages, modseq)
    assert plan_look(look, status, tracking, True, NOW) == expected
    snapshot = Snapshot(7, uidnext, messages, modseq)
    assert plan_look(look, snapshot, tracking, True, NOW) == expected
    assert plan_look(look, status, tracking, False, NOW) == NOTHING


@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        (timedelta(minutes=14), NOTHING),
        (timedelta(minutes=15), RECENT),
        (timedelta(hours=22), RECENT),
        (timedelta(hours=23), EVERYTHING),
    ],
)
def test_schedule_without_modseq(passed, expected):
    status = FolderStatus(7, 101, 50, None)
    assert plan_look(PLAIN, status, N, True, NOW + passed) == expected
    assert bool(expected) == (expected != NOTHING)


def test_look_that_was_made():
    snapshot = Snapshot(7, 104, 53, 910)
    assert look_made(TRACKED, CHANGED, snapshot, Q, NOW) == Look(104, 53, 910)
    assert look_made(Look(), NOTHING, snapshot, Q, NOW) == Look(104, 53, 910, None, NOW)
    plain = Snapshot(7, 104, 53, None)
    assert look_made(PLAIN, RECENT, plain, N, NOW) == Look(104, 53, 0, NOW, PLAIN.all_at)
    assert look_made(PLAIN, EVERYTHING, plain, N, NOW) == Look(104, 53, 0, NOW, NOW)
    # a MODSEQ of a server that does not offer them is not to be trusted
    assert look_made(PLAIN, RECENT, snapshot, N, NOW).highestmodseq == 0


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (FolderStatus(7, 101, 50, 900), True),
        (FolderStatus(7, 102, 50, 900), False),
        (FolderStatus(7, 101, 51, 900), False),
        (FolderStatus(7, 101, 50, 901), False),
        (FolderStatus(7, 101, 50, None), False),
        (FolderStatus(7, None, 50, 900), False),
    ],
)
def test_unchanged(status, expected):
    assert is_unchanged(TRACKED, status) is expected


def test_flags():
    assert (
        flags_text(["\\Seen", "\\Recent", "$Label1", "\\Answered"]) == "$Label1 \\Answered \\Seen"
    )
    assert flags_text([]) == ""
